import type { Result } from '../core/fault.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { factsIn } from './judge-evidence.ts';
import { withEvidence } from './load-evidence.ts';
import { settlePastQuestion } from './past-state.ts';
import type { PastQuestion } from './service.ts';

/** Canonical bytes of what the sound attestations of an image state, from the evidence that anybody may take away. */
export async function readFacts(
  context: ServiceContext,
  caller: Caller,
  image: PastQuestion,
): Promise<Result<Uint8Array>> {
  const question = await settlePastQuestion(context, caller, image);
  if (!question.ok) return question;
  return withEvidence(context, question.value, ({ bytes }) => factsIn(context, bytes));
}
