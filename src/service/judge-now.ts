import type { CustodyResult } from '../core/custody/verify-custody.ts';
import { ok, type Result } from '../core/fault.ts';
import type { ServiceContext } from './context.ts';
import type { SettledQuestion } from './find-image.ts';
import { judgeEvidence } from './judge-evidence.ts';
import { type ListState, type LoadedEvidence, withEvidence } from './load-evidence.ts';

/** A verdict as of now, and the lists that it rests on; `compared` with what was released to the environment, where a contract asks. */
export type JudgedNow = {
  readonly result: CustodyResult;
  readonly restsOn: readonly ListState[];
  readonly compared: boolean;
};

/**
 * Custody of an image as it stands now, perhaps to be released to an environment, by the service's own log key.
 * Faults: those of {@link withEvidence}.
 */
export function judgeNow(
  context: ServiceContext,
  { subject, repository, environment }: SettledQuestion & { readonly environment?: string },
): Promise<Result<JudgedNow>> {
  const judge = async ({ bytes, restsOn, question }: LoadedEvidence): Promise<Result<JudgedNow>> => {
    const judged = await judgeEvidence(context, bytes);
    const compared = question.environment !== undefined;
    return judged.ok ? ok({ result: judged.value, restsOn, compared }) : judged;
  };
  return withEvidence(context, { subject, repository }, judge, environment);
}
