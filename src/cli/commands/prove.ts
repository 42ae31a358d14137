import type { Command } from 'commander';
import { imageKey, sourceKey, TRUST_KEY } from '../../core/entry/keys.ts';
import { ENTRY_KEY, IMAGE_DIGEST } from '../../core/entry/names.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { withCosignatures } from '../cosigned-checkpoint.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { completenessJson, judgeCompleteness, readCompleteness, renderCompleteness } from '../judge-completeness.ts';
import { evaluationTime, readTrustFile, trustOfCheckpoint } from '../judge-evidence.ts';
import { kindOfPath, writeLocalFile } from '../local-file.ts';
import { openProgress } from '../progress.ts';
import { stop, stopOf } from '../stop.ts';
import { readSubject } from '../subject.ts';

type Options = ServiceOptions & {
  readonly output?: string;
  readonly repository?: string;
  readonly trust?: string;
  readonly cosigned?: string;
  readonly ref?: string;
  readonly platform?: string;
};

export function addProve(program: Command, perform: Perform): void {
  const command = program
    .command('prove')
    .summary('prove that a list is whole, or that it has no entry')
    .description(
      'Takes the completeness proof of a list from the service and checks it on this machine: these entries are all that ' +
        'the log has under an image or another key, or there are none. Check a kept one with "waybill verify <file>".',
    )
    .argument(
      '<list>',
      'key of a list (trust, signer:…, contract:…), digest, gitCommit:…, layout folder or manifest file',
    )
    .option('-o, --output <file>', 'keep the proof')
    .option('-r, --repository <name>', 'repository of a commit')
    .option('--trust <file>', 'trust file: log keys, monitors, pins, greatest age')
    .option('--cosigned <file>', 'checkpoint that a monitor of your trust file signed, of the very state that is shown')
    .option('--ref <name>', 'which image of a layout with several')
    .option('--platform <os/arch>', 'one image of an index');
  withServiceOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  waybill prove sha256:… -o image.completeness.json
  waybill prove contract:shop
  waybill verify image.completeness.json --log-key "$WAYBILL_LOG_KEY"

Exit codes: 0 the proof holds, 12 it does not, or no log key says whose log it is, 13 the log contradicts what this
machine saw of it before.
`,
    )
    .action(perform(prove));
}

async function prove(cli: Cli, options: Options, text = ''): Promise<ExitCode> {
  const key = readListKey(text, options);
  const trustFile = options.trust === undefined ? undefined : readTrustFile(options.trust);
  const { client, watch } = cli.connect({
    ...options,
    ...(trustFile === undefined ? {} : { logKey: trustFile.logKeys.map(({ vkey }) => vkey) }),
  });
  const progress = openProgress(cli.world, 'receiving the proof', 'bytes');
  const bytes = await client.completeness(key, progress.at);
  progress.end();
  const proof = withCosignatures(readCompleteness(bytes, 'What the service sent'), options.cosigned);
  if (proof.key !== key) {
    const message = `It is of the list ${proof.key}.`;
    throw stopOf(EXIT.integrity, { code: 'custody/wrong-question', message }, 'The service sent another proof');
  }
  if (options.output !== undefined) writeLocalFile(options.output, bytes);
  const trusted = await watch.keysFor(proof.logKey);
  const file = trustFile ?? trustOfCheckpoint(trusted, proof.checkpoint);
  const trust = { source: trusted.source, ...(file === undefined ? {} : { file }) };
  const judged = judgeCompleteness(proof, trust, evaluationTime(undefined, cli.world.now()));
  cli.print.result(completenessJson(judged, []), () => renderCompleteness(cli.world, judged, proof, []));
  if (options.output !== undefined) {
    cli.print.remark(`wrote ${options.output}\nCheck it anywhere: waybill verify ${options.output} --log-key <vkey>`);
  }
  const { checks } = judged.result;
  const signed = checks.some(({ code, outcome }) => code === 'checkpoint/signature' && outcome === 'pass');
  if (signed) await watch.accept(proof.checkpoint, trusted, { fresh: true });
  return judged.exit;
}

/** What lists there are: docs/spec/entry.md section 3. All but `trust` are of something. */
const LISTS: readonly string[] = [
  ...[
    'image',
    'run',
    'source',
    'contract',
    'coverage',
    'signer',
    'principal',
    'verdict',
    'waiver',
    'release',
    TRUST_KEY,
  ],
];
const LISTS_HINT = `Give a digest, ${LISTS.slice(0, -1).join(':…, ')}:…, or ${TRUST_KEY}.`;

/** The list that an argument names: a key as it is, or that of an image or a commit. */
function readListKey(text: string, options: Options): string {
  const isKey = ENTRY_KEY.test(text) && !IMAGE_DIGEST.test(text) && !text.startsWith('gitCommit:');
  const [prefix = ''] = text.split(':');
  if (isKey && LISTS.includes(prefix) && (text.includes(':') || kindOfPath(text) === undefined)) return text;
  // A list that there never is would be proved absent, which who mistyped its name takes for an answer.
  if (isKey && kindOfPath(text) === undefined) {
    throw stop(EXIT.usage, 'cli/bad-argument', `"${text}" is no key of a list.`, LISTS_HINT);
  }
  const { subject, repository } = readSubject(text, options);
  if (IMAGE_DIGEST.test(subject)) return imageKey(subject);
  if (repository !== undefined) return sourceKey(repository, subject.slice('gitCommit:'.length));
  throw stop(EXIT.usage, 'cli/repository-needed', 'A commit is in no repository yet: give --repository.');
}
