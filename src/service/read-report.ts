import { reportPayload, signReport } from '../core/custody/signed-report.ts';
import { ok, type Result } from '../core/fault.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { judgeEvidence } from './judge-evidence.ts';
import { withEvidence } from './load-evidence.ts';
import { ownKey } from './own-key.ts';
import { settleComparedQuestion } from './past-state.ts';
import type { VerdictQuestion } from './service.ts';

/**
 * The custody report: a page that carries the evidence and verifies it in the reader's browser, or what the service
 * itself found in the same evidence, as canonical JSON in a DSSE envelope by the verdict key.
 */
export async function readCustodyReport(
  context: ServiceContext,
  caller: Caller,
  image: VerdictQuestion,
  format: 'html' | 'json',
): Promise<Result<Uint8Array>> {
  const question = await settleComparedQuestion(context, caller, image);
  if (!question.ok) return question;
  return withEvidence(context, question.value, async ({ bytes }) => {
    if (format === 'html') return ok(context.renderReport(bytes));
    const result = await judgeEvidence(context, bytes);
    if (!result.ok) return result;
    // Readers match a keyid against their own fingerprint of a key; an empty one makes them try the key.
    const own = await ownKey(context, 'verdict', 0);
    if (!own.ok) return own;
    const { sign } = own.value.key;
    return ok(signReport(reportPayload(bytes, result.value), { keyid: '', sign }));
  });
}
