import type { Command } from 'commander';
import type { JsonObject } from '../../core/encoding/json.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { judgePeriod, readPeriod } from '../judge-period.ts';
import { writeLocalFile } from '../local-file.ts';
import { readPlaceInLog } from '../place-in-log.ts';
import { openProgress } from '../progress.ts';
import { Stop, stop } from '../stop.ts';

type Options = ServiceOptions & { readonly from: string; readonly to: string; readonly output: string };

export function addProvePeriod(program: Command, perform: Perform): void {
  const command = program
    .command('prove-period')
    .summary('take all entries of a period away, with the proof that they are all')
    .description(
      'Writes every entry of the log from one time or seq on, up to but without another, to a file that proves that ' +
        'none is missing. Check it with "waybill verify <file>", which needs no network.\n' +
        'A file holds 10,000 entries of 16 MiB; ask for more in parts, by seq.',
    )
    .requiredOption('--from <time|seq>', 'RFC 3339 time, date (midnight UTC), or seq that it begins at')
    .requiredOption('--to <time|seq>', 'the same, that it ends before')
    .requiredOption('-o, --output <file>', 'file to write; "-" is standard output');
  withServiceOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  waybill prove-period --from 2026-07-01 --to 2026-10-01 -o q3.json
  waybill prove-period --from 0 --to 1000 -o first.json
  waybill verify q3.json --log-key "$WAYBILL_LOG_KEY"

Exit codes: 0 done, 11 written, but the period had not ended.
`,
    )
    .action(perform(provePeriod));
}

async function provePeriod(cli: Cli, options: Options): Promise<ExitCode> {
  const [from, to] = [readPlaceInLog('from', options.from, 'seq'), readPlaceInLog('to', options.to, 'seq')];
  if (from.includes('T') !== to.includes('T'))
    throw stop(EXIT.usage, 'cli/bad-argument', 'Both bounds are seqs, or both are times.');
  const { client, watch } = cli.connect(options);
  const progress = openProgress(cli.world, 'receiving', 'bytes');
  const bytes = await client.period(from, to, progress.at);
  progress.end();
  const proof = readPeriod(bytes, 'What the service sent');
  const trusted = await watch.keysFor(proof.logKey);
  const { exit, value, lines } = judgePeriod(proof, trusted.keys, [], trusted.source === 'given');
  if (String(proof.period.from) !== from || String(proof.period.to) !== to)
    throw new Stop(EXIT.integrity, {
      code: 'period/malformed',
      message: 'What the service sent is of another period.',
    });
  await watch.accept(proof.checkpoint, trusted, { fresh: false });
  if (options.output === '-') {
    cli.world.write(bytes);
    return exit;
  }
  writeLocalFile(options.output, bytes);
  cli.print.result({ file: options.output, bytes: bytes.length, ...(value as JsonObject) }, () =>
    [
      `wrote ${options.output} (${bytes.length} bytes)`,
      lines,
      `Check it anywhere: waybill verify ${options.output} --log-key <vkey>`,
    ].join('\n'),
  );
  return exit;
}
