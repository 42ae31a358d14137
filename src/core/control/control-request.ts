import { sha256 } from '#sha256';
import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { array, base64Bytes, decode, integer, json, literal, object, optional, string } from '../encoding/decode.ts';
import { distinctArray } from '../encoding/distinct-array.ts';
import { formatHex } from '../encoding/hex.ts';
import { type Json, parseJson } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { type Entry, entryHash, parseEntry } from '../entry/entry.ts';
import { SHA256_HEX } from '../entry/names.ts';
import { type Fault, fail, ok, type Result } from '../fault.ts';
import { CONTROL_CHARACTERS_MAX } from '../limits.ts';
import { type ControlEnvelope, type ControlSignature, controlMessage, formatControl } from './control-envelope.ts';
import { CONTROL_KEYS_MAX, type ControlSet, controlKeyId, controlSetFields, readControlSet } from './control-keys.ts';
import { parseControlStatement } from './control-statement.ts';

const TYPE = 'waybill/control-request/v1';
/** Documents of what takes an envelope: the route that takes the largest reads 256 KiB. */
const DOCUMENT_BYTES_MAX = 256 * 1024;
/** A request as a file: document and statement in base64, and the rest with room to spare. */
export const CONTROL_REQUEST_BYTES_MAX = 1024 * 1024;

/** What control keys are asked to sign, with what they have signed so far. Nothing of it is verified. */
export type ControlRequest = ControlEnvelope & {
  /** The exact document that the statement is about, where it is about one. */
  readonly document?: Uint8Array;
  /** The entry that the new one follows in its list, where it follows one and it is shown. */
  readonly before?: Entry;
  /** The set in force, as whoever prepared the request saw it. */
  readonly set: ControlSet;
};

const reader = object({
  type: literal(TYPE),
  statement: base64Bytes({ max: CONTROL_CHARACTERS_MAX }),
  document: optional(base64Bytes({ max: DOCUMENT_BYTES_MAX })),
  before: optional(json()),
  signatures: array(object({ keyid: string({ max: 64, pattern: SHA256_HEX }), sig: base64Bytes({ max: 256 }) }), {
    max: CONTROL_KEYS_MAX,
  }),
  controlKeys: distinctArray(string({ min: 1, max: 1024 }), { min: 1, max: CONTROL_KEYS_MAX }),
  controlThreshold: integer({ min: 1, max: CONTROL_KEYS_MAX }),
});

/**
 * The request in a JSON document, in any spelling. The document is the one whose hash the statement names, so that whoever
 * reads the one has read what the other is about; each signature names another key of the set.
 * Fault: `control/malformed-request` with the cause. Source: docs/spec/control.md §6.
 */
export function parseControlRequest(bytes: Uint8Array): Result<ControlRequest> {
  if (bytes.length > CONTROL_REQUEST_BYTES_MAX) return malformed('The file is too large for a request.');
  const value = parseJson(bytes);
  const read = value.ok ? decode(reader, value.value) : value;
  if (!read.ok) return malformed('The document is no request for control signatures.', read.fault);
  const { statement: payload, document, before: shown, signatures, controlKeys, controlThreshold } = read.value;
  const statement = parseControlStatement(payload);
  if (!statement.ok) return malformed('The statement is none.', statement.fault);
  const hash = document === undefined ? undefined : formatHex(sha256(document));
  if (hash !== statement.value.payloadSha256) return malformed('The document is not the one that the statement names.');
  const before = shown === undefined ? ok(undefined) : readBefore(shown, statement.value.prev);
  if (!before.ok) return before;
  const set = readControlSet({ controlKeys, controlThreshold });
  if (!set.ok || set.value === undefined)
    return malformed('The control keys are none.', set.ok ? undefined : set.fault);
  const known = new Set(set.value.keys.map(controlKeyId));
  if (signatures.some(({ keyid }) => !known.delete(keyid))) return malformed('A signature names no key of the set.');
  return ok({
    statement: statement.value,
    payload,
    signatures,
    set: set.value,
    ...(document === undefined ? {} : { document }),
    ...(before.value === undefined ? {} : { before: before.value }),
  });
}

/** The entry whose hash the statement names as the one before, so that it can be shown for what it is. */
function readBefore(value: Json, prev: string | undefined): Result<Entry> {
  const bytes = encodeUtf8(formatCanonicalJson(value));
  const entry = parseEntry(bytes);
  if (!entry.ok) return malformed('The entry before is none.', entry.fault);
  if (formatHex(entryHash(bytes)) === prev) return entry;
  return malformed('The entry before is not the one that the statement names.');
}

/** A request as JSON. */
export function controlRequestJson(request: Omit<ControlRequest, 'statement'>): Json {
  const { payload, document, before, signatures, set } = request;
  return {
    type: TYPE,
    statement: formatBase64(payload),
    ...(document === undefined ? {} : { document: formatBase64(document) }),
    ...(before === undefined ? {} : { before: before as unknown as Json }),
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: formatBase64(sig) })),
    ...controlSetFields(set),
  };
}

/** The bytes that a control key signs to agree to the request. */
export function requestMessage({ payload }: Pick<ControlRequest, 'payload'>): Uint8Array {
  return controlMessage(payload);
}

/** The envelope out of a request, with these signatures; what names no key of the set is left out. */
export function requestEnvelope({ payload, signatures, set }: ControlRequest): string {
  const made = set.keys.flatMap((key): readonly ControlSignature[] => {
    const found = signatures.find(({ keyid }) => keyid === controlKeyId(key));
    return found === undefined ? [] : [{ key, signature: found.sig }];
  });
  return formatControl(payload, made);
}

function malformed(message: string, cause?: Fault): Result<never> {
  return fail('control/malformed-request', message, cause?.at, cause);
}
