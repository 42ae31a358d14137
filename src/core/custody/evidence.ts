import { sha256 } from '#sha256';
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
  string,
} from '../encoding/decode.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Json, JsonObject } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { type Entry, entryHash, parseEntry } from '../entry/entry.ts';
import { ENTRY_KEY, IMAGE_DIGEST, REPOSITORY, SHA256_HEX } from '../entry/names.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { EVIDENCE_BYTES_MAX, PAYLOAD_BYTES_MAX, SALT_BYTES } from '../limits.ts';

const TYPE = 'waybill/evidence/v0';
/** Entries of one evidence, and lists: what a reader checks in seconds. */
export const EVIDENCE_ENTRIES_MAX = 20_000;

/** What is asked: one image in one repository. */
export type Question = { readonly subject: string; readonly repository: string };

const question = object({
  subject: string({ max: 71, pattern: IMAGE_DIGEST }),
  repository: string({ max: 255, pattern: REPOSITORY }),
});

const reader = object({
  type: literal(TYPE),
  question,
  checkpoint: string({ min: 1, max: 100_000 }),
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
  lists: array(object({ key: string({ max: 160, pattern: ENTRY_KEY }), n: integer() }), { max: EVIDENCE_ENTRIES_MAX }),
  sha256: string({ max: 64, pattern: SHA256_HEX }),
});

type Raw = Decoded<typeof reader>;

/** An entry with its inclusion path (hashes of 32 bytes, leaf's sibling first). */
export type EvidenceEntry = { readonly entry: Entry; readonly hash: Uint8Array; readonly path: readonly Uint8Array[] };

/** Everything needed to check one custody claim again, as read: nothing of it is verified yet. */
export type Evidence = Omit<Raw, 'entries' | 'type'> & { readonly entries: readonly EvidenceEntry[] };

/** What evidence is made of. */
export type EvidenceParts = {
  readonly question: Question;
  readonly checkpoint: string;
  readonly logKey: string;
  readonly entries: readonly { readonly entry: Entry; readonly path: readonly Uint8Array[] }[];
  readonly payloads: readonly { readonly seq: number; readonly salt: Uint8Array; readonly bytes: Uint8Array }[];
  readonly lists: readonly { readonly key: string; readonly n: number }[];
};

/** Canonical text of evidence; entries and payloads by seq, lists by key, and its own SHA-256 as the last word. */
export function formatEvidence(parts: EvidenceParts): string {
  const document: JsonObject = {
    type: TYPE,
    question: parts.question,
    checkpoint: parts.checkpoint,
    logKey: parts.logKey,
    entries: parts.entries
      .toSorted((a, b) => a.entry.seq - b.entry.seq)
      .map(({ entry, path }) => ({ entry: entry as unknown as Json, path: path.map(formatBase64) })),
    payloads: parts.payloads
      .toSorted((a, b) => a.seq - b.seq)
      .map(({ seq, salt, bytes }) => ({ seq, salt: formatBase64(salt), bytes: formatBase64(bytes) })),
    lists: parts.lists.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  };
  const text = formatCanonicalJson({ ...document, sha256: hashOf(document) });
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
  const { sha256: stated, ...rest } = value.value as JsonObject;
  if (stated !== hashOf(rest))
    return fail('custody/evidence-hash-wrong', 'The evidence was changed after it was written.', '/sha256');
  return readParts(read.value);
}

function hashOf(document: JsonObject): string {
  return formatHex(sha256(encodeUtf8(formatCanonicalJson(document))));
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
