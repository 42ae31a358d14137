import { sha256 } from '#sha256';
import { formatBase64 } from '../encoding/base64.ts';
import { concatBytes } from '../encoding/bytes.ts';
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
import { formatHex } from '../encoding/hex.ts';
import type { Json } from '../encoding/json.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import { type Entry, entryHash, parseEntry } from '../entry/entry.ts';
import { SHA256_HEX, TIME } from '../entry/names.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { PERIOD_BYTES_MAX, PERIOD_ENTRIES_MAX } from '../limits.ts';

const TYPE = 'waybill/period/v1';
/** What stands around the entries is small; half as much again allows for all of it. */
export const PERIOD_FILE_BYTES_MAX = PERIOD_BYTES_MAX + PERIOD_BYTES_MAX / 2;

/**
 * What a proof is about: the entries from one place or time on, up to but without another. Places are seqs; times are in
 * the one spelling that entries have.
 */
export type PeriodBounds =
  | { readonly by: 'seq'; readonly from: number; readonly to: number }
  | { readonly by: 'time'; readonly from: string; readonly to: string };

const hashes = array(base64Bytes({ min: 32, max: 32 }), { max: 53 });
const note = string({ min: 1, max: 100_000 });
const time = string({ max: 24, pattern: TIME });
const bySeq = object({ from: integer(), to: integer() });
const byTime = object({ from: time, to: time });

/** Both bounds are integers, or both are times, the first below the second. */
export const periodBounds: Reader<PeriodBounds> = (value, at) => {
  const isSeq = typeof (value as { readonly from?: Json } | null | undefined)?.from === 'number';
  const read = isSeq ? bySeq(value, at) : byTime(value, at);
  if (!read.ok) return read;
  const { from, to } = read.value;
  if (from >= to) return fail('encoding/not-allowed', 'A period begins before it ends.', `${at}/to`);
  return ok({ by: isSeq ? 'seq' : 'time', from, to } as PeriodBounds);
};

const reader = object({
  type: literal(TYPE),
  period: periodBounds,
  earlier: optional(note),
  consistency: optional(array(base64Bytes({ min: 32, max: 32 }), { max: 107 })),
  checkpoint: note,
  logKey: string({ min: 1, max: 512 }),
  left: hashes,
  before: optional(json()),
  entries: array(json(), { max: PERIOD_ENTRIES_MAX }),
  after: optional(json()),
  right: array(base64Bytes({ min: 32, max: 32 }), { max: 107 }),
  sha256: string({ max: 64, pattern: SHA256_HEX }),
});

/** An entry of a proof, with its leaf hash. */
export type PeriodEntry = { readonly entry: Entry; readonly hash: Uint8Array };

/** All entries of a period with what proves that they are all, as read: nothing of it is verified yet. */
export type PeriodProof = Omit<Decoded<typeof reader>, 'type' | 'sha256' | 'before' | 'entries' | 'after'> & {
  /** The entry before the period; absent where the period begins with the log. */
  readonly before?: PeriodEntry;
  readonly entries: readonly PeriodEntry[];
  /** The entry after the period; absent where the checkpoint covers none. */
  readonly after?: PeriodEntry;
};

/** What a proof is made of; entries as their exact bytes. */
export type PeriodParts = {
  readonly period: PeriodBounds;
  /** Signed note of a checkpoint from before the period, and the consistency path from it to `checkpoint`. */
  readonly earlier?: { readonly checkpoint: string; readonly path: readonly Uint8Array[] };
  readonly checkpoint: string;
  readonly logKey: string;
  /** Roots of the perfect subtrees that stand left of the first entry shown, largest first. */
  readonly left: readonly Uint8Array[];
  readonly before?: Uint8Array;
  readonly entries: readonly Uint8Array[];
  readonly after?: Uint8Array;
  /** Consistency path from the tree that ends with the last entry shown to the tree of `checkpoint`. */
  readonly right: readonly Uint8Array[];
};

/** Canonical text of a proof, its own SHA-256 in it. The entries stand in it as they are: they are canonical JSON already. */
export function formatPeriod(parts: PeriodParts): string {
  const { by: _by, ...period } = parts.period;
  const values = (paths: readonly Uint8Array[]) => formatCanonicalJson(paths.map(formatBase64));
  const members: readonly (readonly [name: string, text: string | undefined])[] = [
    ['after', parts.after && textOf(parts.after)],
    ['before', parts.before && textOf(parts.before)],
    ['checkpoint', formatCanonicalJson(parts.checkpoint)],
    ['consistency', parts.earlier && values(parts.earlier.path)],
    ['earlier', parts.earlier && formatCanonicalJson(parts.earlier.checkpoint)],
    ['entries', `[${parts.entries.map(textOf).join(',')}]`],
    ['left', values(parts.left)],
    ['logKey', formatCanonicalJson(parts.logKey)],
    ['period', formatCanonicalJson(period)],
    ['right', values(parts.right)],
  ];
  const present = members.flatMap(([name, text]) => (text === undefined ? [] : [`"${name}":${text}`]));
  const head = `{${present.join(',')},`;
  const hash = formatHex(sha256(encodeUtf8(`${head}${LAST_MEMBER}`)));
  return `${head}${sha256Text(hash)}${LAST_MEMBER}`;
}

/**
 * A proof from its canonical bytes. Faults: `period/malformed` with the cause, `period/hash-wrong`, and those of entries.
 * Source: docs/spec/period.md.
 */
export function parsePeriod(bytes: Uint8Array): Result<PeriodProof> {
  if (bytes.length > PERIOD_FILE_BYTES_MAX) return fail('period/malformed', 'The proof is too large.');
  const value = parseCanonicalJson(bytes);
  if (!value.ok) return fail('period/malformed', 'The proof is not canonical JSON.', value.fault.at, value.fault);
  const read = decode(reader, value.value);
  if (!read.ok) return fail('period/malformed', 'The proof does not have the form of one.', read.fault.at, read.fault);
  const { type: _type, sha256: stated, before, entries, after, ...rest } = read.value;
  if ((rest.earlier === undefined) !== (rest.consistency === undefined))
    return fail('period/malformed', 'An earlier checkpoint stands with its consistency path.', '/earlier');
  if (hashWithoutMember(bytes, stated) !== stated)
    return fail('period/hash-wrong', 'The proof was changed after it was written.', '/sha256');
  const shown: PeriodEntry[] = [];
  for (const [index, each] of entries.entries()) {
    const entry = entryOf(each, `/entries/${index}`);
    if (!entry.ok) return entry;
    shown.push(entry.value);
  }
  const first = before === undefined ? ok(undefined) : entryOf(before, '/before');
  if (!first.ok) return first;
  const last = after === undefined ? ok(undefined) : entryOf(after, '/after');
  if (!last.ok) return last;
  return ok({
    ...rest,
    entries: shown,
    ...(first.value === undefined ? {} : { before: first.value }),
    ...(last.value === undefined ? {} : { after: last.value }),
  });
}

function entryOf(value: Json, at: string): Result<PeriodEntry> {
  const bytes = encodeUtf8(formatCanonicalJson(value));
  const entry = parseEntry(bytes);
  if (!entry.ok) return fail(entry.fault.code, entry.fault.message, `${at}${entry.fault.at ?? ''}`, entry.fault);
  return ok({ entry: entry.value, hash: entryHash(bytes) });
}

function textOf(leaf: Uint8Array): string {
  const text = decodeUtf8(leaf);
  invariant(text.ok, 'an entry is ASCII');
  return text.value;
}

/** How a canonical proof ends: `sha256` and `type` are the last of its members by name. */
const LAST_MEMBER = `"type":"${TYPE}"}`;

function sha256Text(hash: string): string {
  return `"sha256":"${hash}",`;
}

/** Hex of the hash over a canonical proof without its member `sha256`: the bytes before that, and those after it. */
function hashWithoutMember(bytes: Uint8Array, stated: string): string {
  const last = encodeUtf8(LAST_MEMBER);
  const before = bytes.subarray(0, bytes.length - last.length - sha256Text(stated).length);
  return formatHex(sha256(concatBytes(before, last)));
}
