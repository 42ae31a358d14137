import { reportPayload, signReport } from '../core/custody/signed-report.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { judgeEvidence, tableOf } from './judge-evidence.ts';
import { withEvidence } from './load-evidence.ts';
import { ownKey } from './own-key.ts';
import { settleComparedQuestion } from './past-state.ts';
import { proveOwnSigner } from './prove-own-signer.ts';
import type { VerdictQuestion } from './service.ts';

/** Forms of a report: a page that checks itself, what the service found under its signature, and a table of that. */
export type ReportFormat = 'html' | 'json' | 'csv';

/**
 * The custody report: a page that carries the evidence and verifies it in the reader's browser; or what the service itself
 * found in the same evidence, as canonical JSON in a DSSE envelope by the verdict key, which brings along what the log has
 * of that key; or the same as a table, which nothing protects. `report/no-program` where no page can be made.
 */
export async function readCustodyReport(
  context: ServiceContext,
  caller: Caller,
  image: VerdictQuestion,
  format: ReportFormat,
): Promise<Result<Uint8Array>> {
  const question = await settleComparedQuestion(context, caller, image);
  if (!question.ok) return question;
  return withEvidence(context, question.value, async ({ bytes }) => {
    if (format === 'html') return pageOf(context, bytes);
    return format === 'csv' ? tableOf(context, bytes) : signedReport(context, bytes);
  });
}

function pageOf({ renderReport }: ServiceContext, evidence: Uint8Array): Result<Uint8Array> {
  if (renderReport === undefined) return fail('report/no-program', 'This installation has no program for a report.');
  return ok(renderReport(evidence));
}

async function signedReport(context: ServiceContext, evidence: Uint8Array): Promise<Result<Uint8Array>> {
  const result = await judgeEvidence(context, evidence);
  if (!result.ok) return result;
  const own = await ownKey(context, 'verdict', 0);
  if (!own.ok) return own;
  const { key } = own.value;
  const lists = await proveOwnSigner(context, key.signer);
  if (!lists.ok) return lists;
  return signReport(reportPayload(evidence, result.value, { key: key.publicKey, lists: lists.value }), key.sign);
}
