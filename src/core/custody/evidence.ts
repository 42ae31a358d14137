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
  oneOf,
  optional,
  string,
} from '../encoding/decode.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Json, JsonObject } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { type Entry, entryHash, parseEntry } from '../entry/entry.ts';
import { ENTRY_KEY, IMAGE_DIGEST, NAME, REPOSITORY, SHA256_HEX } from '../entry/names.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { EVIDENCE_BYTES_MAX, PAYLOAD_BYTES_MAX, SALT_BYTES } from '../limits.ts';
import { MAP_PROOF_BYTES_MAX } from '../map/map-proof.ts';
import { type AsOf, VIEWS } from './as-of.ts';

const TYPE = 'waybill/evidence/v1';
/** Entries of one evidence, and lists: what a reader checks in seconds. */
export const EVIDENCE_ENTRIES_MAX = 20_000;
/** Hashes of a consistency path between any two sizes that are exact. */
const CONSISTENCY_HASHES_MAX = 107;

/**
 * What is asked: one image in one repository, now or as of a past state; with an environment, also what was released there
 * before it.
 */
export type Question = {
  readonly subject: string;
  readonly repository: string;
  readonly environment?: string;
  readonly asOf?: AsOf;
};

const question = object({
  subject: string({ max: 71, pattern: IMAGE_DIGEST }),
  repository: string({ max: 255, pattern: REPOSITORY }),
  environment: optional(string({ max: 64, pattern: NAME })),
  asOf: optional(object({ size: integer({ min: 1 }), view: oneOf(VIEWS) })),
});

const note = string({ min: 1, max: 100_000 });

const reader = object({
  type: literal(TYPE),
  question,
  checkpoint: note,
  earlier: optional(note),
  consistency: optional(array(base64Bytes({ min: 32, max: 32 }), { max: CONSISTENCY_HASHES_MAX })),
  logKey: string({ min: 1, max: 512 }),
  entries: array(object({ entry: json(), path: array(base64Bytes({ min: 32, max: 32 }), { max: 53 }) }), {
    min: 1,
    max: EVIDENCE_ENTRIES_MAX,
  }),
  payloads: array(
    object({
      seq: integer(),
      salt: base64Bytes({ min: SALT_BYTES, max: SALT_BYTES }),
      bytes: base64Bytes({ max: PAYLOAD_BYTES_MAX }),
    }),
    { max: EVIDENCE_ENTRIES_MAX },
  ),
  lists: array(
    object({
      key: string({ max: 160, pattern: ENTRY_KEY }),
      n: integer(),
      proof: base64Bytes({ max: MAP_PROOF_BYTES_MAX }),
    }),
    { max: EVIDENCE_ENTRIES_MAX },
  ),
  sha256: string({ max: 64, pattern: SHA256_HEX }),
});

type Raw = Decoded<typeof reader>;

/** An entry with its inclusion path (hashes of 32 bytes, leaf's sibling first). */
export type EvidenceEntry = { readonly entry: Entry; readonly hash: Uint8Array; readonly path: readonly Uint8Array[] };

/** Everything needed to check one custody claim again, as read: nothing of it is verified yet. */
export type Evidence = Omit<Raw, 'entries' | 'type'> & { readonly entries: readonly EvidenceEntry[] };

/** What is said of a list: it has `n` entries, none where `n` is 0, and the proof that the map says so, too. */
export type ListClaim = { readonly key: string; readonly n: number; readonly proof: Uint8Array };

/** What evidence is made of. */
export type EvidenceParts = {
  readonly question: Question;
  readonly checkpoint: string;
  /** Of a question about the past: the signed note of that state, and the path from it to `checkpoint`. */
  readonly earlier?: string;
  readonly consistency?: readonly Uint8Array[];
  readonly logKey: string;
  readonly entries: readonly { readonly entry: Entry; readonly path: readonly Uint8Array[] }[];
  readonly payloads: readonly { readonly seq: number; readonly salt: Uint8Array; readonly bytes: Uint8Array }[];
  readonly lists: readonly ListClaim[];
};

/** Canonical text of evidence; entries and payloads by seq, lists by key, and its own SHA-256 as the last word. */
export function formatEvidence(parts: EvidenceParts): string {
  const document: JsonObject = {
    type: TYPE,
    question: parts.question,
    checkpoint: parts.checkpoint,
    ...(parts.earlier === undefined ? {} : { earlier: parts.earlier }),
    ...(parts.consistency === undefined ? {} : { consistency: parts.consistency.map(formatBase64) }),
    logKey: parts.logKey,
    entries: parts.entries
      .toSorted((a, b) => a.entry.seq - b.entry.seq)
      .map(({ entry, path }) => ({ entry: entry as unknown as Json, path: path.map(formatBase64) })),
    payloads: parts.payloads
      .toSorted((a, b) => a.seq - b.seq)
      .map(({ seq, salt, bytes }) => ({ seq, salt: formatBase64(salt), bytes: formatBase64(bytes) })),
    lists: parts.lists
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ key, n, proof }) => ({ key, n, proof: formatBase64(proof) })),
  };
  const hashed = formatCanonicalJson(document);
  const sha256Member = sha256Text(formatHex(sha256(encodeUtf8(hashed))));
  const text = `${hashed.slice(0, -LAST_MEMBER.length)}${sha256Member}${LAST_MEMBER}`;
  invariant(!text.includes('<'), 'evidence holds no "<", so that it can stand in a page');
  return text;
}

/**
 * Evidence from its canonical bytes. Faults: `custody/malformed-evidence` with the cause (form, order, duplicates),
 * `custody/evidence-hash-wrong`, and those of entries. Source: docs/spec/evidence.md.
 */
export function parseEvidence(bytes: Uint8Array): Result<Evidence> {
  if (bytes.length > EVIDENCE_BYTES_MAX) return fail('custody/malformed-evidence', 'The evidence is too large.');
  if (bytes.includes(0x3c)) return fail('custody/malformed-evidence', 'Evidence holds no "<".');
  const value = parseCanonicalJson(bytes);
  if (!value.ok)
    return fail('custody/malformed-evidence', 'The evidence is not canonical JSON.', value.fault.at, value.fault);
  const read = decode(reader, value.value);
  if (!read.ok)
    return fail(
      'custody/malformed-evidence',
      'The evidence does not have the form of evidence.',
      read.fault.at,
      read.fault,
    );
  if (hashWithoutMember(bytes, read.value.sha256) !== read.value.sha256)
    return fail('custody/evidence-hash-wrong', 'The evidence was changed after it was written.', '/sha256');
  const { question: asked, earlier, consistency } = read.value;
  for (const [name, member] of Object.entries({ earlier, consistency })) {
    if ((member === undefined) !== (asked.asOf === undefined))
      return fail('custody/malformed-evidence', 'What shows the past stands where it is asked about.', `/${name}`);
  }
  return readParts(read.value);
}

/** How canonical evidence ends: `sha256` and `type` are the last of its members by name. */
const LAST_MEMBER = `"type":"${TYPE}"}`;

function sha256Text(hash: string): string {
  return `"sha256":"${hash}",`;
}

/** Hex of the hash over canonical evidence without its member `sha256`: the bytes before that, and those after it. */
function hashWithoutMember(bytes: Uint8Array, stated: string): string {
  const last = encodeUtf8(LAST_MEMBER);
  const before = bytes.subarray(0, bytes.length - last.length - sha256Text(stated).length);
  return formatHex(sha256(concatBytes(before, last)));
}

function readParts(raw: Raw): Result<Evidence> {
  const entries: EvidenceEntry[] = [];
  for (const [index, { entry: value, path }] of raw.entries.entries()) {
    const bytes = encodeUtf8(formatCanonicalJson(value));
    const entry = parseEntry(bytes);
    if (!entry.ok)
      return fail(entry.fault.code, entry.fault.message, `/entries/${index}/entry${entry.fault.at ?? ''}`, entry.fault);
    entries.push({ entry: entry.value, hash: entryHash(bytes), path });
  }
  if (!ascends(entries.map(({ entry }) => entry.seq))) return unordered('/entries');
  if (!ascends(raw.payloads.map(({ seq }) => seq))) return unordered('/payloads');
  if (!ascends(raw.lists.map(({ key }) => key))) return unordered('/lists');
  const { type: _type, ...rest } = raw;
  return ok({ ...rest, entries });
}

function ascends<T extends number | string>(values: readonly T[]): boolean {
  return values.every((value, index) => index === 0 || (values[index - 1] ?? value) < value);
}

function unordered(at: string): Result<never> {
  return fail('custody/malformed-evidence', 'The elements are not in ascending order, each once.', at);
}
