import type { Command } from 'commander';
import type { AddCommands, Cli, Perform } from '../cli/cli.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { openProgress } from '../cli/progress.ts';
import { Stop } from '../cli/stop.ts';
import { FAULTS } from '../http/faults/faults.ts';
import { auditDatabase } from './audit-database.ts';
import { configOf, ENVIRONMENT_HELP, foreseen } from './foreseen.ts';
import { awaitInterruption } from './interruption.ts';

const EXAMPLES = `
Examples:
  waybill audit
  waybill audit --signatures --from-state audit.state --json
`;

type Options = { readonly ended?: string; readonly signatures?: boolean; readonly fromState?: string };

/** `waybill audit`: replays the whole ledger out of the database, and may be interrupted and gone on with. */
export const addAudit: AddCommands = (program: Command, perform: Perform) => {
  program
    .command('audit')
    .summary('replay the whole ledger out of the database')
    .description(
      'Replays every entry, link, list and tree hash, and the map, and compares heads, pages of the map, tiles, payloads, agreements of control keys, ' +
        'projections and the anchor. ' +
        'Reads only. Exit code 12 when anything is not as it must be.',
    )
    .option('--signatures', 'verify the signatures of all attestations, images and verdicts as well')
    .option('--from-state <file>', 'go on where an audit with that file stopped, and keep the file up to date')
    .option('--ended <origin>', 'the log of that origin, which a successor took the place of')
    .addHelpText('after', `${ENVIRONMENT_HELP}${EXAMPLES}`)
    .action(perform(audit));
};

async function audit(cli: Cli, options: Options): Promise<ExitCode> {
  const config = configOf(cli);
  const interruption = awaitInterruption();
  const progress = openProgress(cli.world, 'auditing', 'entries');
  const result = await foreseen(() =>
    auditDatabase(config, (line) => cli.print.remark(line), {
      ...(options.ended === undefined ? {} : { ended: options.ended }),
      ...(options.signatures === undefined ? {} : { signatures: options.signatures }),
      ...(options.fromState === undefined ? {} : { stateFile: options.fromState }),
      onProgress: progress.at,
      isStopping: interruption.isThere,
    }),
  ).finally(progress.end);
  const { origin, size, root, heads, tiles, payloads, signatures, findings } = result;
  if (!result.isWhole) throw interrupted(size, options.fromState);
  const compared = `${heads} heads, the pages of the map, ${tiles} full tiles, ${payloads} payloads, the projections, the anchor`;
  cli.print.result(JSON.parse(JSON.stringify(result)), () =>
    [
      `log       ${origin}`,
      `entries   ${size}, root ${root}`,
      `compared  ${compared}`,
      ...(options.signatures === true ? [`verified  ${signatures} signed payloads`] : []),
      ...findings.map(({ code, seq, message }) => `FOUND     ${code} at ${seq}: ${message}`),
      ...[...new Set(findings.map(({ code }) => code))].map((code) => `TO DO     ${code}: ${FAULTS[code][2]}`),
      findings.length === 0
        ? 'Nothing found: the ledger is what its entries say.'
        : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}.`,
    ].join('\n'),
  );
  return findings.length === 0 ? EXIT.ok : EXIT.integrity;
}

function interrupted(size: number, fromState: string | undefined): Stop {
  const where = `The audit was interrupted after ${size} entries.`;
  const hint =
    fromState === undefined
      ? 'With --from-state FILE it can be gone on with.'
      : `Goes on from ${fromState} when it is run again.`;
  return new Stop(EXIT.unexpected, { code: 'cli/interrupted', message: where, hint });
}
