import { sha256 } from '#sha256';
import { type PublicKey, signerKeyId } from '../crypto/public-key.ts';
import { formatEnvelope, parseEnvelope } from '../dsse/envelope.ts';
import { pae } from '../dsse/pae.ts';
import { verifyEnvelope } from '../dsse/verify-envelope.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { formatHex } from '../encoding/hex.ts';
import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { fail, ok, type Result } from '../fault.ts';
import { reportModel } from './report-model.ts';
import type { CustodyResult } from './verify-custody.ts';

/** Payload type of a custody report as JSON. */
export const REPORT_PAYLOAD_TYPE = 'application/vnd.waybill.report+json';
const TYPE = 'waybill/report/v0';

/** Signs the bytes given with a key that belongs to whoever calls; `keyid` is a hint that nothing rests on. */
export type ReportSigner = { readonly keyid: string; readonly sign: (message: Uint8Array) => Uint8Array };

/**
 * Payload of the report as JSON: canonical `{evidenceSha256, report, type}`, where `report` is the model that page and
 * terminal show too. Pure: the same evidence and result give the same bytes. Source: docs/spec/report.md section 5.
 */
export function reportPayload(evidence: Uint8Array, result: CustodyResult): Uint8Array {
  const report = reportModel(result) as unknown as Json;
  return encodeUtf8(formatCanonicalJson({ type: TYPE, evidenceSha256: formatHex(sha256(evidence)), report }));
}

/** The report as JSON in a DSSE envelope, by the verdict key. */
export function signReport(payload: Uint8Array, { keyid, sign }: ReportSigner): Uint8Array {
  const signatures = [{ keyid, sig: sign(pae(REPORT_PAYLOAD_TYPE, payload)) }];
  return encodeUtf8(formatEnvelope({ payloadType: REPORT_PAYLOAD_TYPE, payload, signatures }));
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
  const report = payload.ok && isJsonObject(payload.value) ? payload.value : {};
  if (by === undefined || envelope.value.payloadType !== REPORT_PAYLOAD_TYPE || report.type !== TYPE) {
    return fail('report/malformed', 'The envelope does not hold a custody report.');
  }
  return ok({ report, signer: signerKeyId(by.key) });
}
