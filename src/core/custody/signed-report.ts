import { sha256 } from '#sha256';
import { type Completeness, parseCompleteness } from '../completeness/completeness.ts';
import { type PublicKey, parsePublicKey, signerKeyId } from '../crypto/public-key.ts';
import { type Envelope, formatEnvelope, parseEnvelope } from '../dsse/envelope.ts';
import { pae } from '../dsse/pae.ts';
import { verifyEnvelope } from '../dsse/verify-envelope.ts';
import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import {
  array,
  base64Bytes,
  decode,
  json,
  literal,
  object,
  oneOf,
  openObject,
  optional,
  string,
} from '../encoding/decode.ts';
import { formatHex } from '../encoding/hex.ts';
import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { IMAGE_DIGEST, NAME, REPOSITORY, SHA256_HEX, TIME } from '../entry/names.ts';
import { type Fault, fail, invariant, ok, type Result } from '../fault.ts';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import { reportModel } from './report-model.ts';
import type { CustodyResult } from './verify-custody.ts';

/** Payload type of a custody report as JSON. */
export const REPORT_PAYLOAD_TYPE = 'application/vnd.waybill.report+json';
const TYPE = 'waybill/report/v1';
/** A key, and the keys before it that handed over to one another. */
const LISTS_MAX = 64;

/** What a report says, and what shows whose word it is. */
export type SignedReport = {
  /** SHA-256, in hex, of the evidence that was judged. */
  readonly evidenceSha256: string;
  readonly subject: string;
  readonly repository: string;
  readonly verdict: (typeof VERDICTS)[number];
  readonly evaluatedAt: string;
  /** The environment that it was asked for. */
  readonly environment?: string;
  /** Whether it is about a past state of the log. */
  readonly isPast: boolean;
  /** The model that page and terminal show too, as it stands in the payload. */
  readonly report: JsonObject;
  /** The key that signed the envelope, proved by its signature; whose it is, the lists say. */
  readonly key: PublicKey;
  /** What the log has of that key, then of each key before it. */
  readonly lists: readonly Completeness[];
};

const VERDICTS = ['pass', 'waived', 'fail', 'unjudged'] as const;

const reader = object({
  type: literal(TYPE),
  evidenceSha256: string({ max: 64, pattern: SHA256_HEX }),
  report: json(),
  signer: object({ spki: base64Bytes({ max: 1024 }), lists: array(json(), { min: 1, max: LISTS_MAX }) }),
});

/** What of the model is relied on; whatever else stands in it is shown, and nothing rests on it. */
const modelReader = openObject({
  result: openObject({
    subject: string({ max: 71, pattern: IMAGE_DIGEST }),
    repository: string({ max: 255, pattern: REPOSITORY }),
    verdict: oneOf(VERDICTS),
    evaluatedAt: string({ max: 24, pattern: TIME }),
    asOf: optional(json()),
    // There where an environment was asked about, and only there.
    comparison: optional(openObject({ environment: string({ max: 64, pattern: NAME }) })),
  }),
});

/**
 * Payload of the report as JSON: canonical `{evidenceSha256, report, signer, type}`, where `report` is the model that page
 * and terminal show too, and `signer` the key that is to sign it, with the completeness proofs of its lists. Pure: the same
 * evidence, result and lists give the same bytes. Source: docs/spec/report.md section 5.
 */
export function reportPayload(
  evidence: Uint8Array,
  result: CustodyResult,
  { key, lists }: { readonly key: PublicKey; readonly lists: readonly Uint8Array[] },
): Uint8Array {
  const report = reportModel(result) as unknown as Json;
  const proofs = lists.map((bytes): Json => {
    const read = parseCanonicalJson(bytes);
    invariant(read.ok, 'a completeness proof is canonical JSON');
    return read.value;
  });
  const signer = { spki: formatBase64(key.spki), lists: proofs };
  return encodeUtf8(formatCanonicalJson({ type: TYPE, evidenceSha256: formatHex(sha256(evidence)), report, signer }));
}

/**
 * The report as JSON in a DSSE envelope, by the verdict key. Readers match a `keyid` against their own fingerprint of a key;
 * an empty one makes them try the key. Fault: `report/too-large` where the envelope would have more bytes than readers of
 * envelopes take (32 MiB).
 */
export function signReport(payload: Uint8Array, sign: (message: Uint8Array) => Uint8Array): Result<Uint8Array> {
  const signatures = [{ keyid: '', sig: sign(pae(REPORT_PAYLOAD_TYPE, payload)) }];
  const bytes = encodeUtf8(formatEnvelope({ payloadType: REPORT_PAYLOAD_TYPE, payload, signatures }));
  if (bytes.length <= PAYLOAD_BYTES_MAX) return ok(bytes);
  return fail('report/too-large', `It would have ${bytes.length} bytes, over ${PAYLOAD_BYTES_MAX}.`);
}

/** Whether JSON is an envelope that says to hold a report, of whatever version. */
export function isSignedReport(value: Json): boolean {
  return isJsonObject(value) && value.payloadType === REPORT_PAYLOAD_TYPE;
}

/**
 * The report in an envelope, where the key that it names signed it. Whose key that is nothing here says: see
 * {@link checkReportSigner}. Faults: `report/malformed` with the cause, those of envelopes and completeness proofs,
 * `dsse/no-trusted-signature`.
 */
export function readSignedReport(bytes: Uint8Array): Result<SignedReport> {
  const envelope = parseEnvelope(bytes);
  if (!envelope.ok) return envelope;
  if (envelope.value.payloadType !== REPORT_PAYLOAD_TYPE) return malformed('The envelope holds something else.');
  const payload = parseCanonicalJson(envelope.value.payload);
  if (!payload.ok) return malformed('The payload is not canonical JSON.', payload.fault);
  const read = decode(reader, payload.value);
  if (!read.ok) return malformed('The payload is no report of this version.', read.fault);
  const { evidenceSha256, report, signer } = read.value;
  const key = signedBy(envelope.value, signer.spki);
  if (!key.ok) return key;
  const lists: Completeness[] = [];
  for (const list of signer.lists) {
    const proof = parseCompleteness(encodeUtf8(formatCanonicalJson(list)));
    if (!proof.ok) return proof;
    lists.push(proof.value);
  }
  const model = decode(modelReader, report);
  if (!model.ok || !isJsonObject(report)) return malformed('The payload does not say what was found.', faultOf(model));
  const { asOf, comparison, ...result } = model.value.result;
  const where = comparison === undefined ? {} : { environment: comparison.environment };
  return ok({ evidenceSha256, ...result, ...where, isPast: asOf !== undefined, report, key: key.value, lists });
}

function signedBy(envelope: Envelope, spki: Uint8Array): Result<PublicKey> {
  const key = parsePublicKey(spki);
  if (!key.ok) return key;
  const verified = verifyEnvelope(envelope, [key.value]);
  return verified.ok ? key : verified;
}

/** The id of the key that signed a report, as the ledger names it. */
export function reportSignerId({ key }: Pick<SignedReport, 'key'>): string {
  return signerKeyId(key);
}

function faultOf(read: Result<unknown>): Fault | undefined {
  return read.ok ? undefined : read.fault;
}

function malformed(message: string, cause?: Fault): Result<never> {
  return fail('report/malformed', message, cause?.at, cause);
}
