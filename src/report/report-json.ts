import { sha256 } from '#sha256';
import { type PublicKey, signerKeyId } from '../core/crypto/public-key.ts';
import { type ReportModel, reportModel } from '../core/custody/report-model.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';
import { type EnvelopeSignature, formatEnvelope, parseEnvelope } from '../core/dsse/envelope.ts';
import { pae } from '../core/dsse/pae.ts';
import { verifyEnvelope } from '../core/dsse/verify-envelope.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../core/encoding/canonical-json.ts';
import { formatHex } from '../core/encoding/hex.ts';
import type { Json, JsonObject } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { fail, ok, type Result } from '../core/fault.ts';

/** Payload type of a custody report as JSON. */
export const REPORT_PAYLOAD_TYPE = 'application/vnd.waybill.report+json';
const TYPE = 'waybill/report/v0';

/**
 * Payload of the report as JSON: canonical `{evidenceSha256, report, type}`, where `report` is the model that page and
 * terminal show too. Pure: the same evidence and result give the same bytes. Source: docs/spec/report.md section 5.
 */
export function reportPayload(evidence: Uint8Array, result: CustodyResult): Uint8Array {
  const model: ReportModel = reportModel(result);
  const document = { type: TYPE, evidenceSha256: formatHex(sha256(evidence)), report: model as unknown as Json };
  return encodeUtf8(formatCanonicalJson(document));
}

/**
 * The report as JSON in a DSSE envelope. `sign` signs the pre-authentication encoding with the verdict key, which
 * belongs to whoever calls; `keyid` is the id under which the ledger knows that key.
 */
export function signReport(payload: Uint8Array, keyid: string, sign: (message: Uint8Array) => Uint8Array): Uint8Array {
  const signature: EnvelopeSignature = { keyid, sig: sign(pae(REPORT_PAYLOAD_TYPE, payload)) };
  return encodeUtf8(formatEnvelope({ payloadType: REPORT_PAYLOAD_TYPE, payload, signatures: [signature] }));
}

/**
 * The signed report in an envelope by one of `keys`, and the id of the key that signed it. It says what the service
 * found; whoever wants to find it themselves takes the evidence.
 * Faults: those of envelopes, `dsse/no-trusted-signature`, `report/malformed` for another payload.
 */
export function readSignedReport(
  bytes: Uint8Array,
  keys: readonly PublicKey[],
): Result<{ readonly report: JsonObject; readonly signer: string }> {
  const envelope = parseEnvelope(bytes);
  if (!envelope.ok) return envelope;
  const verified = verifyEnvelope(envelope.value, keys);
  if (!verified.ok) return verified;
  const [by] = verified.value;
  const payload = parseCanonicalJson(envelope.value.payload);
  const report = payload.ok ? (payload.value as JsonObject) : {};
  if (by === undefined || envelope.value.payloadType !== REPORT_PAYLOAD_TYPE || report.type !== TYPE) {
    return fail('report/malformed', 'The envelope does not hold a custody report.');
  }
  return ok({ report, signer: signerKeyId(by.key) });
}
