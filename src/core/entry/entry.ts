import { formatCanonicalJson, isInCanonicalOrder, parseCanonicalJson } from '../encoding/canonical-json.ts';
import {
  array,
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
import { isWithinDepth, JSON_DEPTH_MAX, type Json, type JsonObject, parseJsonText } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { CONTROL_CHARACTERS_MAX, ENTRY_BYTES_MAX, ENTRY_KEYS_MAX } from '../limits.ts';
import { leafHash } from '../merkle/hash.ts';
import { entryKind, KIND_PLACES } from './kinds.ts';
import { ENTRY_KEY, MEDIA_TYPE, NAME, ORIGIN, PRINTABLE, REPOSITORY, SHA256_HEX, TIME } from './names.ts';

/** Version that entries of this ledger carry. Frozen: docs/spec/entry.md. */
export const ENTRY_VERSION = 1;

/** How strongly the writer of an attestation is known, strongest first (DESIGN 4.1). */
export const ASSURANCES = ['pipeline', 'keyless', 'service', 'unsigned'] as const;
export type Assurance = (typeof ASSURANCES)[number];

const sha256Hex = string({ max: 64, pattern: SHA256_HEX });

const keyLink = object({
  key: string({ max: 160, pattern: ENTRY_KEY }),
  n: integer({ min: 1 }),
  prev: optional(sha256Hex),
  prevSeq: optional(integer()),
});

/** One place of an entry in the list of a key: it is the n-th entry there, after the one at `prevSeq` with hash `prev`. */
export type KeyLink = Decoded<typeof keyLink>;

const payloadReference = object({
  commitment: sha256Hex,
  mediaType: string({ max: 255, pattern: MEDIA_TYPE }),
  size: integer(),
});

/** What an entry says of its payload: the commitment (64 hex), the media type, and the size in bytes. */
export type PayloadReference = Decoded<typeof payloadReference>;

const entryShape = {
  v: literal(ENTRY_VERSION),
  log: string({ max: 200, pattern: ORIGIN }),
  seq: integer(),
  prev: optional(sha256Hex),
  time: string({ max: 24, pattern: TIME }),
  kind: string({ max: 40, pattern: /^[a-z]+(?:-[a-z]+)*\.[a-z]+$/ }),
  keys: array(keyLink, { min: 0, max: ENTRY_KEYS_MAX }),
  principal: string({ max: 64, pattern: NAME }),
  repository: optional(string({ max: 255, pattern: REPOSITORY })),
  stage: optional(string({ max: 64, pattern: NAME })),
  run: optional(string({ max: 64, pattern: NAME })),
  signer: optional(sha256Hex),
  assurance: optional(oneOf(ASSURANCES)),
  predicateType: optional(string({ min: 1, max: 255, pattern: PRINTABLE })),
  payload: optional(payloadReference),
  body: json(),
  control: optional(string({ max: CONTROL_CHARACTERS_MAX, pattern: PRINTABLE })),
} as const;

const entryReader = object(entryShape);

/** One leaf of the ledger, parsed. Field meanings: docs/spec/entry.md. */
export type Entry = Decoded<typeof entryReader>;

/** What a writer proposes: everything that does not depend on the entry's place in the ledger. */
export type Proposal = Omit<Entry, 'v' | 'log' | 'seq' | 'prev' | 'time' | 'keys'>;

/**
 * Canonical bytes of an entry: RFC 8785 JSON in printable ASCII.
 * Only for entries that this program made; an entry that breaks a bound is a broken invariant.
 */
export function formatEntry(entry: Entry): Uint8Array {
  return writeEntry(entry).bytes;
}

/** Members of an entry in the order in which canonical JSON has them. */
const WRITTEN = (Object.keys(entryShape) as (keyof Entry)[]).sort();
/** What an entry is spelled with: {@link checkPlain} for a text. */
const PLAIN = /^[ -;=-~]*$/;

/** The same, with the entry as a reader of the bytes has it: its members in a reader's order. */
export function writeEntry(entry: Entry): { readonly entry: Entry; readonly bytes: Uint8Array } {
  const written = inWrittenOrder(entry);
  const text = formatCanonicalJson(written);
  // What stands in canonical order reads back as the value that it is; of anything else the text is read.
  const isReadBack = isInCanonicalOrder(written) && isWithinDepth(written, JSON_DEPTH_MAX);
  const value = isReadBack ? ok(written) : parseJsonText(text);
  const read = value.ok ? readEntry(value.value) : value;
  invariant(read.ok, `an entry of ours does not read back: ${read.ok ? '' : read.fault.message}`);
  invariant(
    PLAIN.test(text) && text.length <= ENTRY_BYTES_MAX,
    'an entry of ours is plain, and no longer than one may be',
  );
  return { entry: read.value, bytes: encodeUtf8(text) };
}

function inWrittenOrder(entry: Entry): JsonObject {
  const written: Record<string, Json> = {};
  let members = 0;
  for (const name of WRITTEN) {
    const member = entry[name] as Json | undefined;
    if (member === undefined) continue;
    written[name] = member;
    members += 1;
  }
  invariant(members === Object.keys(entry).length, 'an entry of ours has no other members');
  return written;
}

/**
 * An entry from its exact bytes, read strictly: canonical form, known members, and, for a kind that is in force, its
 * required and allowed fields, its body, and exactly the keys that the kind is filed under.
 *
 * Faults: `entry/too-large` (over 65,535 bytes), `entry/not-ascii`, `entry/unsupported-version`, `entry/malformed`,
 * `entry/first-has-prev`, `entry/prev-missing`, and those of {@link checkKind}. Source: docs/spec/entry.md.
 */
export function parseEntry(bytes: Uint8Array): Result<Entry> {
  const plain = checkPlain(bytes);
  if (!plain.ok) return plain;
  const value = parseCanonicalJson(bytes);
  if (!value.ok) return fail('entry/malformed', 'The entry is not canonical JSON.', value.fault.at, value.fault);
  return readEntry(value.value);
}

function checkPlain(bytes: Uint8Array): Result<void> {
  if (bytes.length > ENTRY_BYTES_MAX) {
    return fail('entry/too-large', `An entry has at most ${ENTRY_BYTES_MAX} bytes, this one ${bytes.length}.`);
  }
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x7e || byte === 0x3c)
      return fail('entry/not-ascii', 'An entry holds printable ASCII only, and no "<".');
  }
  return ok(undefined);
}

/** An entry from its JSON value, as evidence and receipts embed it; the checks of {@link parseEntry} but for the bytes. */
export function readEntry(value: Json): Result<Entry> {
  const version = (value as { readonly v?: Json } | null)?.v;
  if (typeof version === 'number' && version !== ENTRY_VERSION) {
    return fail(
      'entry/unsupported-version',
      `This program reads entries of version ${ENTRY_VERSION}, not ${version}.`,
      '/v',
    );
  }
  const entry = decode(entryReader, value);
  if (!entry.ok)
    return fail('entry/malformed', 'The entry does not have the form of an entry.', entry.fault.at, entry.fault);
  const links = checkLinks(entry.value);
  return links.ok ? checkKind(entry.value) : links;
}

function checkLinks(entry: Entry): Result<Entry> {
  if (entry.seq === 0 && entry.prev !== undefined)
    return fail('entry/first-has-prev', 'Entry 0 has no entry before it.', '/prev');
  if (entry.seq > 0 && entry.prev === undefined)
    return fail('entry/prev-missing', 'The entry names no entry before it.', '/prev');
  for (const [index, link] of entry.keys.entries()) {
    const first = link.n === 1;
    if (first !== (link.prev === undefined) || first !== (link.prevSeq === undefined)) {
      return fail('entry/malformed', 'prev and prevSeq stand exactly where n is over 1.', `/keys/${index}`);
    }
    if (link.prevSeq !== undefined && link.prevSeq >= entry.seq) {
      return fail('entry/malformed', 'prevSeq lies before the entry.', `/keys/${index}/prevSeq`);
    }
    const before = entry.keys[index - 1];
    if (before !== undefined && before.key >= link.key) {
      return fail('entry/malformed', 'Keys are sorted and distinct.', `/keys/${index}/key`);
    }
  }
  return ok(entry);
}

/**
 * Whether fields, body and keys are those of the entry's kind. A kind that this version does not know passes: such an
 * entry replays, and fails custody by `entry/unknown-kind` where it is part of a claim.
 *
 * Faults: `entry/field-missing`, `entry/field-unexpected`, `entry/body-malformed`, `entry/keys-wrong`.
 */
export function checkKind(entry: Entry): Result<Entry> {
  const kind = entryKind(entry.kind);
  if (kind === undefined) return ok(entry);
  for (const place of KIND_PLACES) {
    const present = entry[place] !== undefined;
    if (kind.required.includes(place) && !present)
      return fail('entry/field-missing', `${entry.kind} needs ${place}.`, `/${place}`);
    if (present && !kind.required.includes(place) && !kind.allowed.includes(place)) {
      return fail('entry/field-unexpected', `${entry.kind} has no ${place}.`, `/${place}`);
    }
  }
  const body = kind.body(entry.body, '/body');
  if (!body.ok)
    return fail('entry/body-malformed', `The body is not that of ${entry.kind}.`, body.fault.at, body.fault);
  const keys = kind.filedUnder(entry);
  if (keys.length !== entry.keys.length || keys.some((key, index) => key !== entry.keys[index]?.key)) {
    return fail('entry/keys-wrong', `${entry.kind} is not filed under the keys that follow from it.`, '/keys');
  }
  return ok(entry);
}

/** Hash of an entry, from its exact bytes: SHA-256(0x00 ‖ bytes), the RFC 6962 leaf hash, which is also the link. */
export function entryHash(bytes: Uint8Array): Uint8Array {
  return leafHash(bytes);
}
