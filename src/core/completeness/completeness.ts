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
  string,
} from '../encoding/decode.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Json } from '../encoding/json.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import { type Entry, entryHash, parseEntry } from '../entry/entry.ts';
import { ENTRY_KEY, SHA256_HEX } from '../entry/names.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { MAP_PROOF_BYTES_MAX } from '../map/map-proof.ts';

const TYPE = 'waybill/completeness/v1';
/** Enough for the last member, and a newline or two of an editor's. */
const ENDING_BYTES_MAX = 64;
/** Entries of one proof. Lists that may be longer are activity, which nothing rests on. */
export const COMPLETENESS_ENTRIES_MAX = 2_000;
/** The greatest such proof: entries of a kilobyte each, some of them with 64 keys. */
export const COMPLETENESS_BYTES_MAX = 64 * 1024 * 1024;

const reader = object({
  type: literal(TYPE),
  key: string({ max: 160, pattern: ENTRY_KEY }),
  n: integer({ max: COMPLETENESS_ENTRIES_MAX }),
  entries: array(json(), { max: COMPLETENESS_ENTRIES_MAX }),
  proof: base64Bytes({ max: MAP_PROOF_BYTES_MAX }),
  commit: object({ entry: json(), path: array(base64Bytes({ min: 32, max: 32 }), { max: 53 }) }),
  checkpoint: string({ min: 1, max: 100_000 }),
  logKey: string({ min: 1, max: 512 }),
  sha256: string({ max: 64, pattern: SHA256_HEX }),
});

type Raw = Decoded<typeof reader>;

/** An entry with its hash, 32 bytes. */
type Hashed = { readonly entry: Entry; readonly hash: Uint8Array };

/** What says of one list which entries it has, all of them, or that it has none. As read: nothing of it is verified yet. */
export type Completeness = Omit<Raw, 'type' | 'entries' | 'commit'> & {
  /** The list, by seq. */
  readonly entries: readonly Hashed[];
  /** The last entry under the checkpoint, with its inclusion path: hashes of 32 bytes, leaf's sibling first. */
  readonly commit: Hashed & { readonly path: readonly Uint8Array[] };
};

/** What a completeness proof is made of. */
export type CompletenessParts = {
  readonly key: string;
  readonly entries: readonly Entry[];
  readonly proof: Uint8Array;
  readonly commit: { readonly entry: Entry; readonly path: readonly Uint8Array[] };
  readonly checkpoint: string;
  readonly logKey: string;
};

/** Canonical text of a completeness proof, with its own SHA-256. */
export function formatCompleteness(parts: CompletenessParts): string {
  const { key, entries, proof, commit, checkpoint, logKey } = parts;
  const document = {
    type: TYPE,
    key,
    n: entries.length,
    entries: entries as unknown as Json,
    proof: formatBase64(proof),
    commit: { entry: commit.entry as unknown as Json, path: commit.path.map(formatBase64) },
    checkpoint,
    logKey,
  };
  const hashed = formatCanonicalJson(document);
  const text = `${hashed.slice(0, -LAST_MEMBER.length)}${sha256Member(formatHex(sha256(encodeUtf8(hashed))))}${LAST_MEMBER}`;
  invariant(!text.includes('<'), 'a completeness proof holds no "<", like evidence');
  return text;
}

/**
 * A completeness proof from its canonical bytes. Faults: `completeness/malformed` with the cause (form, order, number),
 * `completeness/hash-wrong`, and those of entries. Source: docs/spec/completeness.md section 1.
 */
export function parseCompleteness(bytes: Uint8Array): Result<Completeness> {
  if (bytes.length > COMPLETENESS_BYTES_MAX) return fail('completeness/malformed', 'The proof is too large.');
  const value = parseCanonicalJson(bytes);
  if (!value.ok) return fail('completeness/malformed', 'It is not canonical JSON.', value.fault.at, value.fault);
  const read = decode(reader, value.value);
  if (!read.ok) return fail('completeness/malformed', 'It has another form.', read.fault.at, read.fault);
  const { type: _type, ...raw } = read.value;
  const last = encodeUtf8(LAST_MEMBER);
  const before = bytes.subarray(0, bytes.length - last.length - sha256Member(raw.sha256).length);
  if (formatHex(sha256(concatBytes(before, last))) !== raw.sha256)
    return fail('completeness/hash-wrong', 'The proof was changed after it was written.', '/sha256');
  const entries: Hashed[] = [];
  for (const [index, entry] of raw.entries.entries()) {
    const hashed = readHashed(entry, `/entries/${index}`);
    if (!hashed.ok) return hashed;
    entries.push(hashed.value);
  }
  const commit = readHashed(raw.commit.entry, '/commit/entry');
  if (!commit.ok) return commit;
  if (entries.length !== raw.n) return fail('completeness/malformed', 'It shows another number of entries.', '/n');
  const seqs = [...entries, commit.value].map(({ entry }) => entry.seq);
  if (seqs.some((seq, index) => index > 0 && (seqs[index - 1] ?? seq) >= seq))
    return fail('completeness/malformed', 'The entries are not in ascending order, each once.', '/entries');
  return ok({ ...raw, entries, commit: { ...commit.value, path: raw.commit.path } });
}

/** Whether bytes say at their end that they are a completeness proof, of whatever version; nothing else of them is read. */
export function isCompleteness(bytes: Uint8Array): boolean {
  const end = decodeUtf8(bytes.subarray(-ENDING_BYTES_MAX));
  return end.ok && /"type":"waybill\/completeness\/[a-z0-9]+"\}\s*$/.test(end.value);
}

/** How a canonical proof ends: `sha256` and `type` are the last of its members by name. */
const LAST_MEMBER = `"type":"${TYPE}"}`;

function sha256Member(hash: string): string {
  return `"sha256":"${hash}",`;
}

function readHashed(value: Json, at: string): Result<Hashed> {
  const bytes = encodeUtf8(formatCanonicalJson(value));
  const entry = parseEntry(bytes);
  if (entry.ok) return ok({ entry: entry.value, hash: entryHash(bytes) });
  return fail(entry.fault.code, entry.fault.message, `${at}${entry.fault.at ?? ''}`, entry.fault);
}
