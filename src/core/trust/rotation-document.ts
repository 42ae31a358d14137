import { type Envelope, parseEnvelope } from '../dsse/envelope.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { decode, json, literal, object, string } from '../encoding/decode.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { ORIGIN, SHA256_HEX, TIME } from '../entry/names.ts';
import { type Fault, fail, ok, type Result } from '../fault.ts';
import { readSignerDocument, type SignerDocument, signerDocumentJson } from './signer-document.ts';

/** What the payload of `signer.rotated` says that it is: an envelope over this and nothing else. */
export const ROTATION_PAYLOAD_TYPE = 'application/vnd.waybill.rotation+json';

const TYPE = 'waybill/rotation/v1';

const reader = object({
  type: literal(TYPE),
  log: string({ max: 200, pattern: ORIGIN }),
  signer: string({ max: 64, pattern: SHA256_HEX }),
  successor: json(),
  until: string({ max: 24, pattern: TIME }),
});

/** What both keys sign: in which log which key is followed by which, with what scope, and how long the old one counts. */
export type Rotation = {
  readonly log: string;
  /** Id of the key that is followed. */
  readonly signer: string;
  readonly successor: SignerDocument;
  /** RFC 3339 in UTC with milliseconds. */
  readonly until: string;
};

/** Canonical bytes of a rotation, which the two keys sign as the payload of an envelope. */
export function formatRotation(
  rotation: Omit<Rotation, 'successor'> & { readonly successor: UnnamedSigner },
): Uint8Array {
  const { log, signer, successor, until } = rotation;
  return encodeUtf8(formatCanonicalJson({ type: TYPE, log, signer, successor: signerDocumentJson(successor), until }));
}

type UnnamedSigner = Omit<SignerDocument, 'signer'>;

/**
 * The envelope of a rotation and what it says; whether the two keys signed it is for the caller to ask, who knows the old
 * one. Faults: those of `parseEnvelope`, `signer/malformed-rotation` with the cause. Source: docs/spec/entry.md §6.5.
 */
export function parseRotation(bytes: Uint8Array): Result<{ readonly envelope: Envelope; readonly rotation: Rotation }> {
  const envelope = parseEnvelope(bytes);
  if (!envelope.ok) return envelope;
  const rotation = readRotation(envelope.value);
  return rotation.ok ? ok({ envelope: envelope.value, rotation: rotation.value }) : rotation;
}

/** What the envelope of a rotation says. */
export function readRotation({ payloadType, payload }: Envelope): Result<Rotation> {
  if (payloadType !== ROTATION_PAYLOAD_TYPE)
    return fail('signer/malformed-rotation', `The payload type of a rotation is ${ROTATION_PAYLOAD_TYPE}.`);
  const value = parseCanonicalJson(payload);
  if (!value.ok) return malformed(value.fault);
  const read = decode(reader, value.value);
  if (!read.ok) return malformed(read.fault);
  const successor = readSignerDocument(read.value.successor);
  if (!successor.ok) return malformed(successor.fault);
  const { log, signer, until } = read.value;
  return ok({ log, signer, successor: successor.value, until });
}

function malformed(cause: Fault): Result<never> {
  return fail('signer/malformed-rotation', 'The payload does not say which key follows which.', cause.at, cause);
}
