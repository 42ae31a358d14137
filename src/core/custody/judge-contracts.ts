import type { Contract } from '../contract/contract.ts';
import { evaluateContract } from '../contract/evaluate-contract.ts';
import type { Evaluated, Situation } from '../contract/evaluated.ts';
import { parseTime } from '../entry/time.ts';
import { VERDICT_STEPS_MAX } from '../limits.ts';
import type { CheckList } from './check.ts';
import type { Runs } from './check-runs.ts';
import type { Coverage } from './contracts-in-force.ts';
import type { Counted } from './counted.ts';
import type { Question } from './evidence.ts';
import type { FactsAtHand } from './facts-at-hand.ts';
import { evaluatedRuns } from './image-runs.ts';
import type { TrustState } from './trust-state.ts';

/** What contracts are judged by. */
type Judged = {
  readonly question: Question;
  readonly atHand: FactsAtHand;
  readonly coverage: Coverage;
  readonly counted: readonly Counted[];
  readonly runs: Runs;
  readonly trusted: TrustState;
};

/**
 * Every requirement of every contract that applies, as checks. Gives the milliseconds since 1970 at which the first of
 * those that hold may stop to; undefined where none depends on time.
 */
export function judgeContracts(
  { question, atHand, coverage, counted, runs, trusted }: Judged,
  judgedAt: string,
  checks: CheckList,
): number | undefined {
  const evaluated = (what: Counted['what']) =>
    counted.filter((one) => one.what === what).map((one) => toEvaluated(one, trusted));
  const evaluatedAtMs = parseTime(judgedAt);
  const situation = {
    signatures: evaluated('signature'),
    attestations: evaluated('attestation'),
    runs: evaluatedRuns(counted, runs),
    image: { digest: question.subject, repository: question.repository },
    ...atHand,
    ...(evaluatedAtMs === undefined ? {} : { evaluatedAtMs }),
  };
  return judgeSituation(
    coverage.contracts.map(({ contract }) => contract),
    situation,
    checks,
  );
}

/** The same of a situation that is known: every contract is held against it, and all their rules share one purse. */
export function judgeSituation(
  contracts: readonly Contract[],
  situation: Omit<Situation, 'contract' | 'purse'>,
  checks: CheckList,
): number | undefined {
  const purse = { left: VERDICT_STEPS_MAX };
  let earliest: number | undefined;
  for (const contract of contracts) {
    for (const { requirement, reason, untilMs, ...rest } of evaluateContract({ ...situation, contract, purse })) {
      const about = { ...rest, contract: contract.contract };
      if (reason === undefined) checks.pass(`contract/${requirement}`, about);
      else if (reason === 'custody/blocked') checks.notRun(`contract/${requirement}`, reason, about);
      else checks.fail(`contract/${requirement}`, reason, about);
      if (untilMs !== undefined && untilMs < (earliest ?? Number.POSITIVE_INFINITY)) earliest = untilMs;
    }
  }
  return earliest;
}

function toEvaluated(
  { entry, predicateType, predicate, assurance, first, sound, on }: Counted,
  trusted: TrustState,
): Evaluated {
  const signer = trusted.signer(entry.signer ?? '');
  return {
    seq: entry.seq,
    repository: entry.repository ?? '',
    ...(entry.stage === undefined ? {} : { stage: entry.stage }),
    predicateType,
    ...(predicate === undefined ? {} : { predicate }),
    signer: entry.signer ?? '',
    ...(typeof signer === 'string' ? {} : { follows: signer.follows }),
    assurance,
    first,
    sound,
    on,
  };
}
