import type { Requirement } from '../evaluated.ts';
import { decisiveRun } from '../evaluated-run.ts';
import { BLOCKED } from '../of-stages.ts';

/** The run is no later attempt at its commit than allowed, and no more attempts before it than allowed did not succeed. */
export const requireAttempts: Requirement = ({ contract, runs }) => {
  const { required = false, attemptsMax, failedAttemptsMax } = contract.runs ?? {};
  if (attemptsMax === undefined && failedAttemptsMax === undefined) return [];
  const run = decisiveRun(runs);
  if (run === undefined && !required) return [];
  if (run?.attempt === undefined) return [BLOCKED];
  const { number, failedBefore } = run.attempt;
  if (number > (attemptsMax ?? number)) return [{ reason: 'contract/too-many-attempts', detail: String(number) }];
  if (failedBefore > (failedAttemptsMax ?? failedBefore))
    return [{ reason: 'contract/too-many-failed-attempts', detail: String(failedBefore) }];
  return [{}];
};
