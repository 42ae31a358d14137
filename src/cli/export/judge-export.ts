import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { NoteKey } from '../../core/checkpoint/signed-note.ts';
import { checkAgainstReceipt, viewOfReceipt } from '../../core/custody/contradiction.ts';
import { equalBytes } from '../../core/encoding/bytes.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import type { SampleRequest } from '../../core/export/draw-sample.ts';
import { sampleFile } from '../../core/export/export-files.ts';
import {
  type ExportFile,
  formatExportManifest,
  MANIFEST_BYTES_MAX,
  type Manifest,
  parseExportManifest,
} from '../../core/export/export-manifest.ts';
import type { VerifiedExport } from '../../core/export/export-reader.ts';
import type { Receipt } from '../../core/receipt/receipt.ts';
import { EXIT } from '../exit-codes.ts';
import { readReceiptFile } from '../judge-receipt.ts';
import { readLocalFile } from '../local-file.ts';
import type { Progress } from '../progress.ts';
import { Stop, stop, stopOf } from '../stop.ts';
import type { World } from '../world.ts';
import { type Derived, deriveFiles } from './derive-files.ts';
import { ENTRIES, type ExportPlace, MANIFEST } from './export-place.ts';
import { hashFile, sizeOfFile } from './hash-file.ts';
import type { ItemTrust, JudgedItem } from './judge-item.ts';
import { readSample } from './take-sample.ts';

/** What an export shows, after everything in it was found to follow from its entries. */
export type JudgedExport = {
  readonly whole: VerifiedExport;
  readonly tables: Readonly<Record<string, number>>;
  readonly sample: readonly JudgedItem[];
  /** By what that was drawn; absent without a sample. */
  readonly drawn?: SampleRequest;
  /** Files in the folder that are none of the export's; absent where the entries came alone, and nothing beside them was looked at. */
  readonly strangers?: readonly string[];
};

export type Judging = {
  readonly keys: readonly NoteKey[];
  readonly trust: ItemTrust['trust'];
  /** Receipt files that the reader kept. */
  readonly receipts: readonly string[];
  readonly progress: Progress;
};

/**
 * Verifies an export: the entries under the reader's keys; then every other file of its folder, by writing it anew from the
 * entries and comparing; then what was drawn, again; then the file of each item by itself. Stops with exit code 12 at the first
 * that does not hold, and with 13 where a receipt of the reader's contradicts the entries.
 */
export function judgeExport(world: World, place: ExportPlace, judging: Judging): JudgedExport {
  const { keys, progress } = judging;
  if (keys.length === 0) {
    const message = 'An export counts under a log key that you bring; without one anybody could have made it.';
    const hint = 'Give the log key that you know with --log-key.';
    throw new Stop(EXIT.integrity, { code: 'origin/not-confirmed', message, hint });
  }
  const { folder } = place;
  const manifest = folder === undefined ? undefined : readManifest(folder);
  if (folder !== undefined && sizeOfFile(folder, ENTRIES) === undefined) throw missing(ENTRIES);
  const receipts = readReceipts(judging.receipts);
  const hashes = new Map<number, string>();
  const wanted = new Set(receipts.map(({ receipt }) => receipt.entry.seq));
  const derived = deriveFiles(
    place.entries,
    keys,
    {
      formats: manifest?.value.formats ?? [],
      ...(manifest?.value.sample === undefined ? {} : { sample: manifest.value.sample }),
      onRow: ({ entry, hash }) => {
        if (wanted.has(entry.seq)) hashes.set(entry.seq, formatHex(hash));
      },
    },
    progress,
  );
  demandAgreement(derived.whole, hashes, receipts, keys);
  const shown = { whole: derived.whole, tables: derived.tables };
  if (folder === undefined || manifest === undefined) return { ...shown, sample: [] };
  const sampled = derived.items.map(sampleFile);
  const files = demandFiles(folder, manifest.value, derived, [ENTRIES, ...sampled]);
  demandManifest(manifest, derived, files);
  const by = { keys, trust: judging.trust };
  const sample = readSample(world, folder, derived.items, by);
  const { sample: drawn } = manifest.value;
  return { ...shown, sample, ...(drawn === undefined ? {} : { drawn }), strangers: findStrangers(folder, files) };
}

/** Reports of the sample by their evidence alone, whatever else they hold. */
export function withoutWarnings(judged: JudgedExport): JudgedExport {
  return { ...judged, sample: judged.sample.map((item) => ({ ...item, warnings: [] })) };
}

type ManifestFile = { readonly value: Manifest; readonly bytes: Uint8Array };

function readManifest(folder: string): ManifestFile {
  if (sizeOfFile(folder, MANIFEST) === undefined) throw missing(MANIFEST);
  const path = join(folder, MANIFEST);
  const bytes = readLocalFile(path, MANIFEST_BYTES_MAX);
  const value = parseExportManifest(bytes);
  if (value.ok) return { value: value.value, bytes };
  throw stopOf(EXIT.integrity, value.fault, `${path} is no manifest of an export`);
}

/** Every file as it lies there: those that follow from the entries must be what was written anew. */
function demandFiles(
  folder: string,
  manifest: Manifest,
  { files: derived }: Derived,
  taken: readonly string[],
): readonly ExportFile[] {
  for (const file of derived) demandFile(folder, file.name, file, 'It is not what follows from the entries.');
  const stated = new Map(manifest.files.map((file) => [file.name, file]));
  const others = taken.map((name) =>
    demandFile(folder, name, stated.get(name), 'It is another file than the manifest names.'),
  );
  return [...derived, ...others];
}

/** A file is read only where it has the size that it should have. */
function demandFile(folder: string, name: string, wanted: ExportFile | undefined, otherwise: string): ExportFile {
  const size = sizeOfFile(folder, name);
  if (size === undefined) throw missing(name);
  const found = size === wanted?.size ? hashFile(folder, name) : undefined;
  if (found === undefined || found.sha256 !== wanted?.sha256) throw differs(name, otherwise);
  return found;
}

/** The manifest says nothing that does not follow from the files. */
function demandManifest(
  { value, bytes }: ManifestFile,
  { whole, tables }: Derived,
  files: readonly ExportFile[],
): void {
  const { formats, sample } = value;
  const anew = formatExportManifest({ whole, tables, formats, files, ...(sample === undefined ? {} : { sample }) });
  if (!equalBytes(anew, bytes)) throw differs(MANIFEST, 'It is not what follows from the other files.');
}

function findStrangers(folder: string, files: readonly ExportFile[]): readonly string[] {
  const known = new Set([MANIFEST, ...files.map(({ name }) => name)]);
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((each) => !each.isDirectory())
    .map((each) => relative(folder, join(each.parentPath, each.name)))
    .filter((name) => !known.has(name))
    .sort();
}

type HeldReceipt = { readonly path: string; readonly receipt: Receipt };

function readReceipts(paths: readonly string[]): readonly HeldReceipt[] {
  return paths.map((path) => {
    const receipt = readReceiptFile(path);
    if (receipt === undefined) throw stop(EXIT.input, 'cli/unusable-file', `${path} holds no receipt.`);
    return { path, receipt };
  });
}

/** Neighbours count as well: they are proved like the entries of the period. */
function demandAgreement(
  { checkpoint, before, after }: VerifiedExport,
  inside: ReadonlyMap<number, string>,
  receipts: readonly HeldReceipt[],
  keys: readonly NoteKey[],
): void {
  const neighbours = [before, after].flatMap((each) => each ?? []);
  const hashes = new Map([...inside, ...neighbours.map(({ entry, hash }) => [entry.seq, formatHex(hash)] as const)]);
  for (const { path, receipt } of receipts) {
    const own = viewOfReceipt(receipt, keys);
    if (!own.ok) throw stopOf(EXIT.integrity, own.fault, `${path} does not hold`);
    const held = checkAgainstReceipt({ checkpoint, hashes, lists: new Map() }, own.value);
    if (held.ok) continue;
    const exit = held.fault.code === 'receipt/wrong-origin' ? EXIT.integrity : EXIT.history;
    throw stopOf(exit, held.fault, `${path} and the export cannot both be true`);
  }
}

function missing(name: string): Stop {
  const message = `${name} is not in the folder, or is no plain file.`;
  return new Stop(EXIT.integrity, { code: 'export/file-missing', message, at: name });
}

function differs(name: string, message: string): Stop {
  return new Stop(EXIT.integrity, { code: 'export/file-differs', message: `${name}: ${message}`, at: name });
}
