import { type Command, Option } from 'commander';
import type { Completeness } from '../../core/completeness/completeness.ts';
import type { Evidence } from '../../core/custody/evidence.ts';
import { readSignedReport } from '../../core/custody/signed-report.ts';
import { invariant } from '../../core/fault.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { evidenceOfReport } from '../evidence-file.ts';
import { EXIT } from '../exit-codes.ts';
import { readEvidence } from '../judge-evidence.ts';
import { writeLocalFile } from '../local-file.ts';
import { localTable } from '../local-table.ts';
import type { LogWatch } from '../log-watch.ts';
import { askedPast, type PastOptions, withPastOptions } from '../past-state.ts';
import { openProgress } from '../progress.ts';
import { stopOf } from '../stop.ts';
import { readImageSubject } from '../subject.ts';

type Options = ServiceOptions & {
  readonly output: string;
  readonly format: 'html' | 'json' | 'csv' | 'evidence';
  readonly repository?: string;
  readonly environment?: string;
  readonly ref?: string;
  readonly platform?: string;
} & PastOptions;

export function addReport(program: Command, perform: Perform): void {
  const command = program
    .command('report')
    .summary('take a custody report away')
    .description(
      'Writes the custody report of an image to a file: one HTML page with its evidence and a verifier inside, signed ' +
        'JSON, the evidence alone, or a table for spreadsheets (CSV, which nothing protects). Check the others with ' +
        '"waybill verify <file>", which needs no network.',
    )
    .argument(
      '<image>',
      'digest, repository@digest, OCI image layout folder, or manifest file; for a table also a report or evidence file',
    )
    .requiredOption('-o, --output <file>', 'file to write; "-" is standard output')
    .addOption(
      new Option('--format <format>', 'what to write').choices(['html', 'json', 'csv', 'evidence']).default('html'),
    )
    .option('-r, --repository <name>', 'repository, where the digest is in several')
    .option(
      '-e, --environment <name>',
      'where it shall run: brings what was released there before, for rules that compare',
    )
    .option('--ref <name>', 'which image of a layout with several')
    .option('--platform <os/arch>', 'one image of an index');
  withServiceOptions(withPastOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  waybill report sha256:… -o custody.html
  waybill verify custody.html --log-key "$WAYBILL_LOG_KEY"
  waybill report sha256:… --format json -o custody.json
  waybill report custody.html --format csv -o custody.csv --log-key "$WAYBILL_LOG_KEY"
  waybill report sha256:… --as-of 2026-03-14T12:00:00Z -o then.html
`,
    )
    .action(perform(report));
}

async function report(cli: Cli, options: Options, text = ''): Promise<undefined> {
  const table = options.format === 'csv' ? localTable(cli.world, options, text) : undefined;
  if (table !== undefined) {
    write(cli, options, table, {});
    return;
  }
  const past = askedPast(options);
  const state = past === undefined ? {} : { asOf: past.place, view: past.view };
  const where = options.environment === undefined ? {} : { environment: options.environment };
  const image = { ...readImageSubject(text, options), ...where, ...state };
  const { client, watch } = cli.connect(options);
  const progress = openProgress(cli.world, 'receiving', 'bytes');
  const bytes =
    options.format === 'evidence'
      ? await client.evidence(image, progress.at)
      : await client.report(image, options.format, progress.at);
  progress.end();
  await holdToHistory(cli, watch, options.format, bytes);
  write(cli, options, bytes, { digest: image.digest });
}

function write(cli: Cli, { output, format }: Options, bytes: Uint8Array, about: { readonly digest?: string }): void {
  if (output === '-') {
    cli.world.write(bytes);
    return;
  }
  writeLocalFile(output, bytes);
  cli.print.result({ file: output, bytes: bytes.length, ...about, format }, () =>
    [
      `wrote ${output} (${bytes.length} bytes)`,
      ...(format === 'csv' ? [] : [`Check it anywhere: waybill verify ${output} --log-key <vkey>`]),
    ].join('\n'),
  );
}

/** Whoever takes a report away should learn at once that its log is not the one of before. */
async function holdToHistory(cli: Cli, watch: LogWatch, format: Options['format'], bytes: Uint8Array): Promise<void> {
  if (format === 'csv') return;
  const { checkpoint, logKey } = format === 'json' ? listOfSigner(bytes) : evidenceIn(cli, format, bytes);
  await watch.accept(checkpoint, await watch.keysFor(logKey), { fresh: true });
}

function evidenceIn(cli: Cli, format: 'html' | 'evidence', bytes: Uint8Array): Evidence {
  return readEvidence(format === 'html' ? evidenceOfReport(cli.world, bytes) : bytes, 'What the service sent');
}

/** What a signed report shows of the log: the list of the key that signed it. */
function listOfSigner(bytes: Uint8Array): Completeness {
  const report = readSignedReport(bytes);
  if (!report.ok) throw stopOf(EXIT.integrity, report.fault, 'What the service sent is no report that can be checked');
  const [list] = report.value.lists;
  invariant(list !== undefined, 'a report is read with at least one list');
  return list;
}
