import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { Json, JsonObject } from '../../core/encoding/json.ts';
import { SAMPLE_SEED, type SampleRequest } from '../../core/export/draw-sample.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../core/export/export-files.ts';
import { formatExportManifest } from '../../core/export/export-manifest.ts';
import { SAMPLE_ITEMS_MAX } from '../../core/limits.ts';
import type { Cli, Perform } from '../cli.ts';
import { type ServiceOptions, withServiceOptions } from '../connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { deriveFiles } from '../export/derive-files.ts';
import { exportPaths } from '../export/export-place.ts';
import { fetchEntries } from '../export/fetch-entries.ts';
import { hashFile } from '../export/hash-file.ts';
import { readHead } from '../export/kept-entries.ts';
import { demandPlainFolder } from '../export/plain-file.ts';
import { takeSample } from '../export/take-sample.ts';
import { exitOfExport, exportJson, exportLines } from '../export/tell-export.ts';
import { writePlainFile } from '../export/write-files.ts';
import { readTrustFile, trustOfCheckpoint } from '../judge-evidence.ts';
import { kindOfPath } from '../local-file.ts';
import { readPlaceInLog } from '../place-in-log.ts';
import { openProgress } from '../progress.ts';
import { stop } from '../stop.ts';

type Options = ServiceOptions & {
  readonly from: string;
  readonly to: string;
  readonly output: string;
  readonly format?: ExportFormat;
  readonly sample?: number;
  readonly seed?: string;
  readonly trust?: string;
};

export function addExport(program: Command, perform: Perform): void {
  const command = program
    .command('export')
    .summary('take the whole population of a period away: tables, proof, and a sample')
    .description(
      'Writes a folder with every entry of the log from one time or seq on, up to but without another, and the proof that ' +
        'none is missing; tables of images, attestations, runs, releases, verdicts, waivers and changes of trust, made of ' +
        'these entries on this machine; which controls each check supports; and, on demand, a sample with a report for ' +
        'each item. Check it with "waybill verify <folder>", which needs no network.\n' +
        'Ended in the middle, it goes on where it was when it is called again.',
    )
    .requiredOption('--from <time|seq>', 'RFC 3339 time, date (midnight UTC), or seq that it begins at')
    .requiredOption('--to <time|seq>', 'the same, that it ends before')
    .requiredOption('-o, --output <folder>', 'folder to write')
    .option('--format <csv|json>', 'write tables in this form only (default: both)', readFormat)
    .option('--sample <n>', 'draw so many items of each table, and take a report or a proof of each', readItems)
    .option('--seed <text>', 'what the sample is drawn by: named after the period ended, by who checks')
    .option('--trust <file>', 'trust file: judge the sample by it');
  withServiceOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  waybill export --from 2026-07-01 --to 2026-10-01 -o q3
  waybill export --from 2026-07-01 --to 2026-10-01 -o q3 --sample 25 --seed "draw of 2026-10-05"
  waybill verify q3 --log-key "$WAYBILL_LOG_KEY"

Exit codes: 0 done, 11 written, but the period had not ended or a document is not shown, 12 what the service sent
does not hold.
`,
    )
    .action(perform(exportPeriod));
}

async function exportPeriod(cli: Cli, options: Options): Promise<ExitCode> {
  const question = readQuestion(options);
  const sample = readSampleRequest(options);
  const formats = options.format === undefined ? EXPORT_FORMATS : [options.format];
  const paths = exportPaths(options.output);
  demandFolder(options.output);
  const trustFile = options.trust === undefined ? undefined : readTrustFile(options.trust);
  const logKey = trustFile === undefined ? {} : { logKey: trustFile.logKeys.map(({ vkey }) => vkey) };
  const { client, watch } = cli.connect({ ...options, ...logKey });
  if (kindOfPath(paths.entries) === undefined) {
    const progress = openProgress(cli.world, 'receiving', 'entries');
    await fetchEntries({ client, question, partial: paths.partial, entries: paths.entries, progress });
    progress.end();
  }
  const head = readHead(paths.entries);
  if (head === undefined || String(head.period.from) !== question.from || String(head.period.to) !== question.to)
    throw stop(EXIT.input, 'cli/unusable-file', `${paths.entries} is of another period.`, 'Name another folder.');
  const trusted = await watch.keysFor(head.logKey);
  const verifying = openProgress(cli.world, 'verifying', 'bytes');
  const drawn = sample === undefined ? {} : { sample };
  const derived = deriveFiles(paths.entries, trusted.keys, { formats, ...drawn, folder: paths.folder }, verifying);
  verifying.end();
  await watch.accept(head.checkpoint, trusted, { fresh: false });
  const file = trustFile ?? trustOfCheckpoint(trusted, head.checkpoint);
  const by = {
    keys: trusted.keys,
    trust: { source: trusted.source, ...(file === undefined ? {} : { file }) },
  };
  const sampling = openProgress(cli.world, 'sampling', 'items');
  const taken = await takeSample(cli.world, client, paths.folder, derived.items, by, sampling);
  sampling.end();
  const files = [...derived.files, ...taken.files, hashFile(paths.folder, 'entries.jsonl')];
  const { whole, tables } = derived;
  writeManifest(paths.manifest, formatExportManifest({ whole, tables, formats, files, ...drawn }));
  const judged = {
    whole,
    tables,
    sample: taken.judged,
    ...(sample === undefined ? {} : { drawn: sample }),
    strangers: [],
  };
  const confirmed = trusted.source === 'given';
  const value: Json = {
    folder: options.output,
    files: files.length + 1,
    ...(exportJson(judged, confirmed) as JsonObject),
  };
  cli.print.result(value, () =>
    [
      `wrote ${files.length + 1} files to ${options.output}`,
      exportLines(judged, confirmed),
      `Check it anywhere: waybill verify ${options.output} --log-key <vkey>`,
    ].join('\n'),
  );
  return exitOfExport(judged);
}

/** Whole or not at all: what has a manifest is finished. */
function writeManifest(path: string, bytes: Uint8Array): void {
  writePlainFile(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
}

function readQuestion(options: Options): { readonly from: string; readonly to: string } {
  const [from, to] = [readPlaceInLog('from', options.from, 'seq'), readPlaceInLog('to', options.to, 'seq')];
  if (from.includes('T') === to.includes('T')) return { from, to };
  throw stop(EXIT.usage, 'cli/bad-argument', 'Both bounds are seqs, or both are times.');
}

function readSampleRequest({ sample, seed }: Options): SampleRequest | undefined {
  if (sample === undefined && seed === undefined) return undefined;
  if (sample === undefined || seed === undefined)
    throw stop(EXIT.usage, 'cli/bad-argument', 'A sample takes both: --sample says how many, and --seed which.');
  if (SAMPLE_SEED.test(seed)) return { items: sample, seed };
  throw stop(EXIT.usage, 'cli/bad-argument', 'A seed has 1 to 200 characters of printable ASCII.');
}

/** A folder that is new, empty, or where this was begun before, and in which nothing leads out of it. */
function demandFolder(folder: string): void {
  const paths = exportPaths(folder);
  if (kindOfPath(folder) === 'file') throw stop(EXIT.input, 'cli/unusable-file', `${folder} is a file, not a folder.`);
  if (kindOfPath(paths.manifest) !== undefined) {
    const hint = `waybill verify ${folder} checks it; name another folder for another one.`;
    throw stop(EXIT.input, 'cli/unusable-file', `${folder} holds a finished export.`, hint);
  }
  mkdirSync(folder, { recursive: true });
  demandPlainFolder(folder, paths.sample);
  const begun = kindOfPath(paths.partial) !== undefined || kindOfPath(paths.entries) !== undefined;
  if (begun || readdirSync(folder).length === 0) return;
  throw stop(EXIT.input, 'cli/unusable-file', `${folder} holds something else.`, 'Name a new folder.');
}

function readFormat(text: string): ExportFormat {
  const format = EXPORT_FORMATS.find((each) => each === text);
  if (format === undefined) throw new InvalidArgumentError('csv or json.');
  return format;
}

function readItems(text: string): number {
  const items = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : 0;
  if (items < 1 || items > SAMPLE_ITEMS_MAX) throw new InvalidArgumentError(`A number from 1 to ${SAMPLE_ITEMS_MAX}.`);
  return items;
}
