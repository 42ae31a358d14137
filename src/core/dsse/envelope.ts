import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { array, optional, type Reader, string } from '../encoding/decode.ts';
import { foreignObject } from '../encoding/foreign-object.ts';
import { type Json, parseJson } from '../encoding/json.ts';
import { fail, ok, type Result } from '../fault.ts';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import { parseEnvelopeBase64 } from './envelope-base64.ts';

/** Media type of an envelope as a file or layer. */
export const DSSE_MEDIA_TYPE = 'application/vnd.dsse.envelope.v1+json';

/** Most signatures of one envelope: each is tried with every allowed key, so this bounds the work a sender can cause. */
export const SIGNATURES_MAX = 16;
/** Longest signature: post-quantum schemes stay below 8 KiB, the schemes in use below 600 bytes. */
const SIGNATURE_BYTES_MAX = 8192;
/** Longest payload type and key id. Both are names; some producers use whole URIs. */
const NAME_LENGTH_MAX = 1024;

/** `keyid` is the producer's unauthenticated hint, empty where there is none; `sig` the signature's bytes. */
export type EnvelopeSignature = { readonly keyid: string; readonly sig: Uint8Array };

/** A DSSE envelope: the exact bytes that were signed, what they are said to be, and the signatures over both. */
export type Envelope = {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
};

/** What an envelope looks like before its base64 is read; the Sigstore bundle reads the same members, but no others. */
export type RawEnvelope = {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
};

export const payloadTypeReader = string({ max: NAME_LENGTH_MAX });
export const payloadReader = string({ max: PAYLOAD_BYTES_MAX });
export const signatureMembers = {
  keyid: optional(string({ max: NAME_LENGTH_MAX })),
  // Four base64 digits for three bytes, and padding.
  sig: string({ max: (SIGNATURE_BYTES_MAX / 3) * 4 + 4 }),
};

const envelopeReader: Reader<RawEnvelope> = foreignObject({
  payloadType: payloadTypeReader,
  payload: payloadReader,
  signatures: array(foreignObject(signatureMembers), { max: Number.MAX_SAFE_INTEGER }),
});

/**
 * The envelope in a JSON document. Base64 may use the standard or the URL-safe alphabet, always padded. Unknown members
 * are ignored, as DSSE demands (witness puts certificates and timestamps there); they are not part of the result.
 * Nothing is verified yet. A missing `keyid` reads as empty.
 *
 * Faults: `dsse/too-large` (32 MiB), `dsse/malformed-envelope` with the cause, `dsse/no-signature`,
 * `dsse/too-many-signatures` (16). Source: DSSE v1.0.2, envelope.md.
 */
export function parseEnvelope(bytes: Uint8Array): Result<Envelope> {
  if (bytes.length > PAYLOAD_BYTES_MAX) return fail('dsse/too-large', 'An envelope has at most 32 MiB.');
  const document = parseJson(bytes);
  if (!document.ok) {
    return fail('dsse/malformed-envelope', 'The envelope is not a JSON document.', document.fault.at, document.fault);
  }
  return readEnvelope(document.value);
}

/** The same for a document that is already parsed. */
export function readEnvelope(document: Json): Result<Envelope> {
  const raw = envelopeReader(document, '');
  if (!raw.ok) return fail('dsse/malformed-envelope', 'The envelope is malformed.', raw.fault.at, raw.fault);
  return decodeEnvelope(raw.value, '');
}

/** Turns base64 into bytes; `at` is where the envelope stands in its document. */
export function decodeEnvelope(raw: RawEnvelope, at: string): Result<Envelope> {
  if (raw.signatures.length === 0) return fail('dsse/no-signature', 'The envelope is not signed.', `${at}/signatures`);
  if (raw.signatures.length > SIGNATURES_MAX) {
    return fail(
      'dsse/too-many-signatures',
      `An envelope has at most ${SIGNATURES_MAX} signatures.`,
      `${at}/signatures`,
    );
  }
  const payload = parseEnvelopeBase64(raw.payload);
  if (!payload.ok) {
    return fail('dsse/malformed-envelope', 'The payload is not base64.', `${at}/payload`, payload.fault);
  }
  const signatures: EnvelopeSignature[] = [];
  for (const [index, { keyid = '', sig }] of raw.signatures.entries()) {
    const bytes = parseEnvelopeBase64(sig);
    if (!bytes.ok) {
      const place = `${at}/signatures/${index}/sig`;
      return fail('dsse/malformed-envelope', 'A signature is not base64.', place, bytes.fault);
    }
    signatures.push({ keyid, sig: bytes.value });
  }
  return ok({ payloadType: raw.payloadType, payload: payload.value, signatures });
}

/**
 * The envelope as canonical JSON with standard base64: `payload`, `payloadType`, and for each signature `keyid` and `sig`
 * and nothing else, so that strict readers (protojson) take it.
 *
 * NOTE: keep `keyid` empty when signing. The Go verifier in cosign, Kyverno and policy-controller silently skips a
 * signature whose key id is set and is not its own fingerprint of the key.
 */
export function formatEnvelope(envelope: Envelope): string {
  return formatCanonicalJson({
    payload: formatBase64(envelope.payload),
    payloadType: envelope.payloadType,
    signatures: envelope.signatures.map(({ keyid, sig }) => ({ keyid, sig: formatBase64(sig) })),
  });
}
