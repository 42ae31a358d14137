import type { EvaluatedRun } from '../contract/evaluated-run.ts';
import type { AccountedRun, CommitAttempt, Runs } from './check-runs.ts';
import type { Counted } from './counted.ts';

/** The runs that sound signatures name and that are accounted for, in the order of the signatures, as contracts look at them. */
export function evaluatedRuns(counted: readonly Counted[], runs: Runs): readonly EvaluatedRun[] {
  return counted.flatMap(({ entry, what, sound }) => {
    const accounted = runs.accounted.get(entry.run ?? '');
    if (what !== 'signature' || !sound || accounted === undefined) return [];
    const { run, outcome, expires, stages } = accounted;
    const attempt = attemptOf(accounted, runs.attempts);
    return [{ seq: entry.seq, run, outcome, expires, stages, ...(attempt === undefined ? {} : { attempt }) }];
  });
}

function attemptOf({ run, commit }: AccountedRun, attempts: readonly CommitAttempt[]): EvaluatedRun['attempt'] {
  const ofCommit = attempts.filter((attempt) => attempt.commit === commit);
  const own = ofCommit.find((attempt) => attempt.run === run);
  if (own?.sound !== true) return undefined;
  const failed = ofCommit.filter(({ number, outcome }) => number < own.number && outcome !== 'succeeded');
  return { number: own.number, failedBefore: failed.length };
}
