import { type Command, Option } from 'commander';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { evidenceOfReport } from '../evidence-file.ts';
import { readEvidence } from '../judge-evidence.ts';
import { writeLocalFile } from '../local-file.ts';
import type { LogWatch } from '../log-watch.ts';
import { askedPast, type PastOptions, withPastOptions } from '../past-state.ts';
import { openProgress } from '../progress.ts';
import { readImageSubject } from '../subject.ts';

type Options = ServiceOptions & {
  readonly output: string;
  readonly format: 'html' | 'json' | 'evidence';
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
        'JSON, or the evidence alone. Check it with "waybill verify <file>", which needs no network.',
    )
    .argument('<image>', 'digest, repository@digest, OCI image layout folder, or manifest file')
    .requiredOption('-o, --output <file>', 'file to write; "-" is standard output')
    .addOption(new Option('--format <format>', 'what to write').choices(['html', 'json', 'evidence']).default('html'))
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
  waybill report sha256:… --as-of 2026-03-14T12:00:00Z -o then.html
`,
    )
    .action(perform(report));
}

async function report(cli: Cli, options: Options, text = ''): Promise<undefined> {
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
  if (options.output === '-') {
    cli.world.write(bytes);
    return;
  }
  writeLocalFile(options.output, bytes);
  cli.print.result({ file: options.output, bytes: bytes.length, digest: image.digest, format: options.format }, () =>
    [
      `wrote ${options.output} (${bytes.length} bytes)`,
      ...(options.format === 'json' ? [] : [`Check it anywhere: waybill verify ${options.output} --log-key <vkey>`]),
    ].join('\n'),
  );
}

/** Whoever takes a report away should learn at once that its log is not the one of before. */
async function holdToHistory(cli: Cli, watch: LogWatch, format: Options['format'], bytes: Uint8Array): Promise<void> {
  if (format === 'json') return;
  const evidence = readEvidence(
    format === 'html' ? evidenceOfReport(cli.world, bytes) : bytes,
    'What the service sent',
  );
  await watch.accept(evidence.checkpoint, await watch.keysFor(evidence.logKey), { fresh: true });
}
