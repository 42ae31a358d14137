import type { CustodyResult } from '../core/custody/verify-custody.ts';
import { ok, type Result } from '../core/fault.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { judgeEvidence } from './judge-evidence.ts';
import { type LoadedEvidence, withEvidence } from './load-evidence.ts';
import { settleComparedQuestion, settlePastQuestion } from './past-state.ts';
import type { VerdictQuestion } from './service.ts';

/** Custody of an image, judged from the same evidence that anybody may take away: load, check, report. */
export async function verifyImageCustody(
  context: ServiceContext,
  caller: Caller,
  { environment, ...image }: VerdictQuestion,
): Promise<Result<CustodyResult>> {
  const question = await settlePastQuestion(context, caller, image);
  if (!question.ok) return question;
  const judge = ({ bytes }: LoadedEvidence) => judgeEvidence(context, bytes, undefined, environment);
  return withEvidence(context, question.value, judge, environment);
}

/** Evidence about an image, for a caller who may read the repository. */
export async function readEvidence(
  context: ServiceContext,
  caller: Caller,
  image: VerdictQuestion,
): Promise<Result<Uint8Array>> {
  const question = await settleComparedQuestion(context, caller, image);
  if (!question.ok) return question;
  return withEvidence(context, question.value, async ({ bytes }) => ok(bytes));
}
