import { type Checkpoint, openCheckpoint } from '../checkpoint/checkpoint.ts';
import { formatVkey, type NoteKey } from '../checkpoint/signed-note.ts';
import { formatTlogProof } from '../checkpoint/tlog-proof.ts';
import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { array, base64Bytes, decode, integer, json, literal, object, optional, string } from '../encoding/decode.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { payloadCommitment } from '../entry/commitment.ts';
import { type Entry, entryHash, parseEntry } from '../entry/entry.ts';
import { fail, ok, type Result } from '../fault.ts';
import { SALT_BYTES } from '../limits.ts';
import { verifyInclusion } from '../merkle/inclusion.ts';

/** What a writer keeps of an entry: its exact bytes, its place, its inclusion path, the signed checkpoint, the salt. */
export type Receipt = {
  readonly entry: Entry;
  readonly index: number;
  /** Hashes of 32 bytes, leaf's sibling first. */
  readonly path: readonly Uint8Array[];
  /** Signed note, verbatim. */
  readonly checkpoint: string;
  /** Salt of the payload's commitment, 32 bytes; absent where the entry has no payload. */
  readonly salt?: Uint8Array;
  /** The key that the service says the log signs with: never trusted, only compared with the reader's own. */
  readonly logKey: string;
};

const TYPE = 'waybill/receipt/v0';
const PATH_HASHES_MAX = 53;

const reader = object({
  type: literal(TYPE),
  entry: json(),
  index: integer(),
  path: array(base64Bytes({ min: 32, max: 32 }), { max: PATH_HASHES_MAX }),
  checkpoint: string({ min: 1, max: 100_000 }),
  salt: optional(base64Bytes({ min: SALT_BYTES, max: SALT_BYTES })),
  logKey: string({ min: 1, max: 512 }),
});

/** A receipt as JSON: the entry stands in it as JSON, whose canonical form is the entry's exact bytes. */
export function receiptJson(receipt: Receipt): Json {
  const { entry, index, path, checkpoint, salt, logKey } = receipt;
  return {
    type: TYPE,
    entry: entry as unknown as Json,
    index,
    path: path.map(formatBase64),
    checkpoint,
    ...(salt === undefined ? {} : { salt: formatBase64(salt) }),
    logKey,
  };
}

/** Canonical text of a receipt. */
export function formatReceipt(receipt: Receipt): string {
  return formatCanonicalJson(receiptJson(receipt));
}

/** A receipt from its canonical bytes; nothing is verified. Fault: `receipt/malformed`, or that of the entry. */
export function parseReceipt(bytes: Uint8Array): Result<Receipt> {
  const value = parseCanonicalJson(bytes);
  return value.ok
    ? readReceipt(value.value)
    : fail('receipt/malformed', 'The receipt is not canonical JSON.', undefined, value.fault);
}

/** A receipt out of an answer that is already parsed. */
export function readReceipt(value: Json): Result<Receipt> {
  const read = decode(reader, value);
  if (!read.ok)
    return fail('receipt/malformed', 'The receipt does not have the form of one.', read.fault.at, read.fault);
  const entry = parseEntry(encodeUtf8(formatCanonicalJson(read.value.entry)));
  if (!entry.ok) return entry;
  const { type: _type, ...rest } = read.value;
  if (rest.salt !== undefined && entry.value.payload === undefined)
    return fail('receipt/malformed', 'A salt belongs to a payload, and the entry has none.', '/salt');
  return ok({ ...rest, entry: entry.value });
}

/**
 * Whether a key of the reader's log vouches for the entry: the checkpoint is signed by one of `logKeys`, which is the one
 * that the receipt names, and of the entry's log; the index is the entry's seq; and the path leads to the root.
 * With `payload`, the bytes that the entry commits to, the salt is checked too: nothing else in a receipt shows whether
 * it is still the right one.
 *
 * Faults: those of `openCheckpoint`, `receipt/wrong-origin`, `receipt/wrong-index`, `receipt/not-included`,
 * `payload/size-wrong`, `payload/commitment-wrong`. Source: docs/spec/receipt.md §3.
 */
export function verifyReceipt(
  receipt: Receipt,
  logKeys: readonly NoteKey[],
  payload?: Uint8Array,
): Result<{ readonly entry: Entry; readonly checkpoint: Checkpoint }> {
  const opened = openCheckpoint(receipt.checkpoint, logKeys);
  if (!opened.ok) return opened;
  const { checkpoint, verified } = opened.value;
  if (!verified.some(({ name, type, publicKey }) => formatVkey(name, type, publicKey) === receipt.logKey))
    return fail('receipt/wrong-origin', 'The key that the receipt names did not sign its checkpoint.', '/logKey');
  if (receipt.entry.log !== checkpoint.origin)
    return fail('receipt/wrong-origin', 'The entry belongs to another log.', '/entry/log');
  if (receipt.entry.seq !== receipt.index)
    return fail('receipt/wrong-index', 'The index is not the seq of the entry.', '/index');
  const leafHash = entryHash(encodeUtf8(formatCanonicalJson(receipt.entry as unknown as Json)));
  const { index, path } = receipt;
  const included = verifyInclusion({ index, size: checkpoint.size, leafHash, path, root: checkpoint.root });
  if (!included.ok) return fail('receipt/not-included', 'The path does not lead to the root.', '/path', included.fault);
  const committed = payload === undefined ? ok(undefined) : verifyPayload(receipt, payload);
  return committed.ok ? ok({ entry: receipt.entry, checkpoint }) : committed;
}

function verifyPayload({ entry, salt }: Receipt, payload: Uint8Array): Result<void> {
  if (entry.payload?.size !== payload.length)
    return fail('payload/size-wrong', 'The payload has another size than the entry says.', '/entry/payload/size');
  if (salt === undefined || payloadCommitment(salt, payload) !== entry.payload.commitment)
    return fail('payload/commitment-wrong', 'Payload and salt are not those that the entry commits to.', '/salt');
  return ok(undefined);
}

/** The proof part as a C2SP tlog-proof, for tools that know no Waybill. */
export function receiptTlogProof(receipt: Receipt): string {
  return formatTlogProof({ index: receipt.index, path: receipt.path, checkpointNote: receipt.checkpoint });
}
