import { reportModel } from '../core/custody/report-model.ts';
import { formatEnvelope } from '../core/dsse/envelope.ts';
import { pae } from '../core/dsse/pae.ts';
import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
import type { Json } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { ok, type Result } from '../core/fault.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import type { ImageQuestion } from './service.ts';
import { readEvidence, verifyImageCustody } from './verify-custody.ts';

/** Payload type of the signed JSON report. */
export const REPORT_PAYLOAD_TYPE = 'application/vnd.waybill.report+json';

/**
 * The custody report: a page that carries the evidence and verifies it in the reader's browser, or the report's model
 * as canonical JSON in a DSSE envelope by the verdict key.
 */
export async function readCustodyReport(
  context: ServiceContext,
  caller: Caller,
  image: ImageQuestion,
  format: 'html' | 'json',
): Promise<Result<Uint8Array>> {
  if (format === 'html') {
    const evidence = await readEvidence(context, caller, image);
    return evidence.ok ? ok(context.renderReport(evidence.value)) : evidence;
  }
  const result = await verifyImageCustody(context, caller, image);
  if (!result.ok) return result;
  const payload = encodeUtf8(formatCanonicalJson(reportModel(result.value) as unknown as Json));
  const sig = context.keys.verdict.sign(pae(REPORT_PAYLOAD_TYPE, payload));
  return ok(
    encodeUtf8(formatEnvelope({ payloadType: REPORT_PAYLOAD_TYPE, payload, signatures: [{ keyid: '', sig }] })),
  );
}
