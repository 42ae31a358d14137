import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import {
  array,
  base64Bytes,
  type Decoded,
  decode,
  integer,
  json,
  literal,
  object,
  optional,
  type Reader,
  string,
} from '../encoding/decode.ts';
import type { Json, JsonObject } from '../encoding/json.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import { entryHash, parseEntry } from '../entry/entry.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { EXPORT_DOCUMENT_BYTES_MAX, EXPORT_LINE_BYTES_MAX, SALT_BYTES } from '../limits.ts';
import { type PeriodEntry, periodBounds } from '../period/period.ts';

/** What an export of a period says it is, in its first line. */
export const EXPORT_TYPE = 'waybill/export/v1';

const note = string({ min: 1, max: 100_000 });

const headReader = object({
  type: literal(EXPORT_TYPE),
  period: periodBounds,
  /** The entries of the period, as places: from the first of these up to but without the second. */
  seqs: object({ from: integer(), to: integer() }),
  checkpoint: note,
  logKey: string({ min: 1, max: 512 }),
  earlier: optional(note),
  consistency: optional(array(base64Bytes({ min: 32, max: 32 }), { max: 107 })),
  left: array(base64Bytes({ min: 32, max: 32 }), { max: 53 }),
  before: optional(json()),
});

const rowReader = object({
  entry: json(),
  document: optional(
    object({
      salt: base64Bytes({ min: SALT_BYTES, max: SALT_BYTES }),
      bytes: base64Bytes({ max: EXPORT_DOCUMENT_BYTES_MAX }),
    }),
  ),
});

const endReader = object({
  after: optional(json()),
  right: array(base64Bytes({ min: 32, max: 32 }), { max: 107 }),
});

type Parsed<R extends Reader<unknown>, Name extends string> = Omit<Decoded<R>, 'type' | Name> & {
  readonly [N in Name]?: PeriodEntry;
};

/** The first line of an export: which period of which log, under which checkpoint, and the neighbour before it. */
export type ExportHead = Parsed<typeof headReader, 'before'>;

/** The exact bytes of a document that an entry commits to, and the salt of the commitment. */
export type ExportDocument = NonNullable<Decoded<typeof rowReader>['document']>;

/** A line of an export that is neither first nor last: one entry of the period. */
export type ExportRow = PeriodEntry & { readonly document?: ExportDocument };

/** The last line of an export: the neighbour after the period, and the path to the checkpoint. */
export type ExportEnd = Parsed<typeof endReader, 'after'>;

/** What the first line is made of; the entry as its exact bytes. */
export type ExportHeadParts = Omit<ExportHead, 'before'> & { readonly before?: Uint8Array };
/** What the last line is made of; the entry as its exact bytes. */
export type ExportEndParts = Omit<ExportEnd, 'after'> & { readonly after?: Uint8Array };

/** The line that an export begins with, its line feed included. */
export function formatExportHead(head: ExportHeadParts): string {
  const { by: _by, ...period } = head.period;
  return line([
    ['before', head.before && textOf(head.before)],
    ['checkpoint', formatCanonicalJson(head.checkpoint)],
    ['consistency', head.consistency && hashes(head.consistency)],
    ['earlier', head.earlier === undefined ? undefined : formatCanonicalJson(head.earlier)],
    ['left', hashes(head.left)],
    ['logKey', formatCanonicalJson(head.logKey)],
    ['period', formatCanonicalJson(period)],
    ['seqs', formatCanonicalJson(head.seqs)],
    ['type', formatCanonicalJson(EXPORT_TYPE)],
  ]);
}

/** The line of an entry, whose exact bytes are canonical JSON and stand in it as they are. */
export function formatExportRow(leaf: Uint8Array, document?: ExportDocument): string {
  const shown = document && { bytes: formatBase64(document.bytes), salt: formatBase64(document.salt) };
  return line([
    ['document', shown && formatCanonicalJson(shown)],
    ['entry', textOf(leaf)],
  ]);
}

/** The line that an export ends with. */
export function formatExportEnd(end: ExportEndParts): string {
  return line([
    ['after', end.after && textOf(end.after)],
    ['right', hashes(end.right)],
  ]);
}

/** The first line, without its line feed, read strictly. Faults: `export/malformed`, and those of entries. */
export function parseExportHead(bytes: Uint8Array): Result<ExportHead> {
  const read = readLine(headReader, bytes);
  if (!read.ok) return read;
  const { type: _type, before, ...head } = read.value;
  if ((head.earlier === undefined) !== (head.consistency === undefined))
    return fail('export/malformed', 'An earlier checkpoint stands with its consistency path.', '/earlier');
  if (head.seqs.from > head.seqs.to)
    return fail('export/malformed', 'A period does not end before it begins.', '/seqs');
  if (before === undefined) return ok(head);
  const entry = entryOf(before, '/before');
  return entry.ok ? ok({ ...head, before: entry.value }) : entry;
}

/** A line after the first one: an entry, or the end. Faults: `export/malformed`, and those of entries. */
export function parseExportLine(bytes: Uint8Array): Result<{ readonly row: ExportRow } | { readonly end: ExportEnd }> {
  if (beginsWith(bytes, ENTRY_ALONE)) return readEntryAlone(bytes);
  const value = parseLine(bytes);
  if (!value.ok) return value;
  return Object.hasOwn(value.value as JsonObject, 'right') ? readEnd(value.value) : readRow(value.value);
}

/** How nearly every line begins: what follows, up to the brace that ends the line, are the exact bytes of the entry. */
const ENTRY_ALONE = encodeUtf8('{"entry":');

function beginsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return beginning.every((byte, place) => bytes[place] === byte);
}

/** The line is canonical exactly where the entry is, so that it need not be read twice. */
function readEntryAlone(bytes: Uint8Array): Result<{ readonly row: ExportRow }> {
  if (bytes.at(-1) !== 0x7d) return fail('export/malformed', 'A line is one JSON object.');
  const entry = entryOfBytes(bytes.subarray(ENTRY_ALONE.length, -1), '/entry');
  return entry.ok ? ok({ row: entry.value }) : entry;
}

function readRow(value: Json): Result<{ readonly row: ExportRow }> {
  const read = formOf(rowReader, value);
  if (!read.ok) return read;
  const entry = entryOf(read.value.entry, '/entry');
  if (!entry.ok) return entry;
  const { document } = read.value;
  return ok({ row: document === undefined ? entry.value : { ...entry.value, document } });
}

function readEnd(value: Json): Result<{ readonly end: ExportEnd }> {
  const read = formOf(endReader, value);
  if (!read.ok) return read;
  const { after, ...end } = read.value;
  if (after === undefined) return ok({ end });
  const entry = entryOf(after, '/after');
  return entry.ok ? ok({ end: { ...end, after: entry.value } }) : entry;
}

function readLine<T>(reader: Reader<T>, bytes: Uint8Array): Result<T> {
  const value = parseLine(bytes);
  return value.ok ? formOf(reader, value.value) : value;
}

function parseLine(bytes: Uint8Array): Result<Json> {
  if (bytes.length > EXPORT_LINE_BYTES_MAX) return fail('export/malformed', 'A line is too long.');
  const value = parseCanonicalJson(bytes);
  if (!value.ok) return fail('export/malformed', 'A line is not canonical JSON.', value.fault.at, value.fault);
  if (typeof value.value === 'object' && value.value !== null && !Array.isArray(value.value)) return value;
  return fail('export/malformed', 'A line is one JSON object.');
}

function formOf<T>(reader: Reader<T>, value: Json): Result<T> {
  const read = decode(reader, value);
  if (read.ok) return read;
  return fail('export/malformed', 'A line does not have the form of one.', read.fault.at, read.fault);
}

function entryOf(value: Json, at: string): Result<PeriodEntry> {
  return entryOfBytes(encodeUtf8(formatCanonicalJson(value)), at);
}

function entryOfBytes(bytes: Uint8Array, at: string): Result<PeriodEntry> {
  const entry = parseEntry(bytes);
  if (!entry.ok) return fail(entry.fault.code, entry.fault.message, `${at}${entry.fault.at ?? ''}`, entry.fault);
  return ok({ entry: entry.value, hash: entryHash(bytes) });
}

function line(members: readonly (readonly [name: string, text: string | undefined])[]): string {
  const present = members.flatMap(([name, text]) => (text === undefined ? [] : [`"${name}":${text}`]));
  return `{${present.join(',')}}\n`;
}

function hashes(values: readonly Uint8Array[]): string {
  return formatCanonicalJson(values.map(formatBase64));
}

function textOf(leaf: Uint8Array): string {
  const text = decodeUtf8(leaf);
  invariant(text.ok, 'an entry is ASCII');
  return text.value;
}
