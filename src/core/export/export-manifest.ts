import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import {
  array,
  base64Bytes,
  boolean,
  type Decoded,
  decode,
  integer,
  literal,
  object,
  oneOf,
  optional,
  record,
  string,
} from '../encoding/decode.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { ORIGIN, SHA256_HEX } from '../entry/names.ts';
import { fail, type Result } from '../fault.ts';
import { SAMPLE_ITEMS_MAX } from '../limits.ts';
import { type PeriodBounds, periodBounds } from '../period/period.ts';
import { SAMPLE_SEED, type SampleRequest } from './draw-sample.ts';
import { EXPORT_FORMATS, type ExportFormat } from './export-files.ts';
import { ABSENT_NAMED, type VerifiedExport } from './export-reader.ts';

const TYPE = 'waybill/export-manifest/v1';

/** Longest manifest: every item of a full sample of eight tables is one of its files. */
export const MANIFEST_BYTES_MAX = 8 * 1024 * 1024;

const file = object({
  name: string({ min: 1, max: 80, pattern: /^(?:sample\/)?[a-z0-9][a-z0-9.-]*$/ }),
  size: integer(),
  sha256: string({ max: 64, pattern: SHA256_HEX }),
});

const reader = object({
  type: literal(TYPE),
  origin: string({ max: 200, pattern: ORIGIN }),
  period: periodBounds,
  ended: boolean(),
  seqs: object({ from: integer(), to: integer() }),
  checkpoint: object({ size: integer({ min: 1 }), root: base64Bytes({ min: 32, max: 32 }) }),
  counts: record(integer({ min: 1 }), { max: 256 }),
  absent: object({ count: integer(), seqs: array(integer(), { max: ABSENT_NAMED }) }),
  tables: record(integer(), { max: 64 }),
  formats: array(oneOf(EXPORT_FORMATS), { min: 1, max: EXPORT_FORMATS.length }),
  sample: optional(
    object({
      seed: string({ min: 1, max: 200, pattern: SAMPLE_SEED }),
      items: integer({ min: 1, max: SAMPLE_ITEMS_MAX }),
    }),
  ),
  files: array(file, { max: 64 + 8 * SAMPLE_ITEMS_MAX }),
});

/** A file of an export: its name below the folder, its bytes, and their SHA-256 in hex. */
export type ExportFile = Decoded<typeof file>;

/** What an export is made of, as its manifest says; everything in it follows from the other files. */
export type Manifest = Omit<Decoded<typeof reader>, 'type'>;

/** What a manifest is written from. */
export type ManifestParts = {
  readonly whole: VerifiedExport;
  readonly tables: Readonly<Record<string, number>>;
  readonly formats: readonly ExportFormat[];
  readonly sample?: SampleRequest;
  readonly files: readonly ExportFile[];
};

/** Canonical bytes of a manifest, with a line feed at their end. Files stand by their names, in the order of characters. */
export function formatExportManifest({ whole, tables, formats, sample, files }: ManifestParts): Uint8Array {
  const { checkpoint, seqs, ended, counts, absent } = whole;
  const value = {
    type: TYPE,
    origin: checkpoint.origin,
    period: boundsJson(whole.period),
    ended,
    seqs,
    checkpoint: { size: checkpoint.size, root: formatBase64(checkpoint.root) },
    counts,
    absent,
    tables,
    formats: EXPORT_FORMATS.filter((format) => formats.includes(format)),
    ...(sample === undefined ? {} : { sample: { seed: sample.seed, items: sample.items } }),
    files: files.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
  return encodeUtf8(`${formatCanonicalJson(value as unknown as Json)}\n`);
}

/** A manifest from its bytes. Fault: `export/malformed` with the cause. Source: docs/spec/export.md section 5. */
export function parseExportManifest(bytes: Uint8Array): Result<Manifest> {
  if (bytes.length > MANIFEST_BYTES_MAX) return fail('export/malformed', 'The manifest is too large.');
  if (bytes.at(-1) !== 0x0a) return fail('export/malformed', 'A manifest ends with a line feed.');
  const value = parseCanonicalJson(bytes.subarray(0, -1));
  const read = value.ok ? decode(reader, value.value) : value;
  if (!read.ok)
    return fail('export/malformed', 'The manifest does not have the form of one.', read.fault.at, read.fault);
  const { type: _type, ...manifest } = read.value;
  return { ok: true, value: manifest };
}

function boundsJson({ by: _by, ...bounds }: PeriodBounds): Json {
  return bounds;
}
