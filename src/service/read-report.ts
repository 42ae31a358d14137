import { reportPayload, signReport } from '../core/custody/signed-report.ts';
import { ok, type Result } from '../core/fault.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import type { ImageQuestion } from './service.ts';
import { judgeEvidence, readEvidence } from './verify-custody.ts';

/**
 * The custody report: a page that carries the evidence and verifies it in the reader's browser, or what the service
 * itself found in the same evidence, as canonical JSON in a DSSE envelope by the verdict key.
 */
export async function readCustodyReport(
  context: ServiceContext,
  caller: Caller,
  image: ImageQuestion,
  format: 'html' | 'json',
): Promise<Result<Uint8Array>> {
  const evidence = await readEvidence(context, caller, image);
  if (!evidence.ok) return evidence;
  if (format === 'html') return ok(context.renderReport(evidence.value));
  const result = judgeEvidence(context, evidence.value);
  if (!result.ok) return result;
  // Readers match a keyid against their own fingerprint of a key; an empty one makes them try the key.
  const { sign } = context.keys.verdict;
  return ok(signReport(reportPayload(evidence.value, result.value), { keyid: '', sign }));
}
