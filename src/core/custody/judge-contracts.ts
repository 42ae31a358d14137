import type { Contract } from '../contract/contract.ts';
import { evaluateContract } from '../contract/evaluate-contract.ts';
import type { Situation } from '../contract/evaluated.ts';
import { parseTime } from '../entry/time.ts';
import { VERDICT_STEPS_MAX } from '../limits.ts';
import type { CheckList } from './check.ts';
import type { Runs } from './check-runs.ts';
import { type ContractInForce, type Coverage, fromOf } from './contracts-in-force.ts';
import type { Counted } from './counted.ts';
import type { Question } from './evidence.ts';
import { type FactsAtHand, factsAtHand } from './facts-at-hand.ts';
import { evaluatedRuns } from './image-runs.ts';
import type { Material } from './material.ts';
import { type Promotions, withPromoted } from './promoted.ts';
import { toEvaluated } from './to-evaluated.ts';
import type { TrustState } from './trust-state.ts';

/** What contracts are judged by. */
type Judged = {
  readonly question: Question;
  readonly material: Material;
  readonly atHand: FactsAtHand;
  readonly promotions: Promotions;
  /** Repositories of which what counts is among `counted`. */
  readonly from?: readonly string[];
  readonly coverage: Coverage;
  readonly counted: readonly Counted[];
  readonly runs: Runs;
  readonly trusted: TrustState;
};

/**
 * Every requirement of every contract that applies, as checks. Gives the milliseconds since 1970 at which the first of
 * those that hold may stop to; undefined where none depends on time.
 */
export function judgeContracts(judged: Judged, judgedAt: string, checks: CheckList): number | undefined {
  const purse = { left: VERDICT_STEPS_MAX };
  const here = situationOf(judged, judgedAt);
  const untils = judged.coverage.contracts.map((one) => {
    const from = fromOf(one.contract, judged.question.repository);
    const own = from.length === 0 ? judged : promotedTo(judged, one);
    const situation = own === judged ? here : situationOf(own, judgedAt);
    return judgeContract(one.contract, { ...situation, ...own.atHand.under(one.contract) }, purse, checks);
  });
  return earliestOf(untils);
}

/** What a contract that takes images from other repositories is judged by. */
function promotedTo(judged: Judged, one: ContractInForce): Judged {
  const { question, material, promotions, trusted } = judged;
  const from = fromOf(one.contract, question.repository);
  const counted = withPromoted(judged.counted, promotions, from);
  return { ...judged, counted, from, atHand: factsAtHand(question, material, trusted, counted, [one]) };
}

function situationOf(
  { question, counted, runs, promotions, from = [], trusted }: Judged,
  judgedAt: string,
): Omit<Situation, 'contract' | 'purse' | 'facts' | 'previous'> {
  const evaluated = (what: Counted['what']) =>
    counted.filter((one) => one.what === what).map((one) => toEvaluated(one, trusted));
  const evaluatedAtMs = parseTime(judgedAt);
  const promoted = from.flatMap((repository) => promotions.get(repository) ?? []);
  const own = counted.filter(({ entry }) => entry.repository === question.repository);
  const allRuns = [{ counted: own, runs }, ...promoted].flatMap((one) => evaluatedRuns(one.counted, one.runs));
  return {
    signatures: evaluated('signature'),
    attestations: evaluated('attestation'),
    runs: allRuns.sort((a, b) => a.seq - b.seq),
    image: { digest: question.subject, repository: question.repository },
    ...(evaluatedAtMs === undefined ? {} : { evaluatedAtMs }),
  };
}

/** The same of a situation that is known: every contract is held against it, and all their rules share one purse. */
export function judgeSituation(
  contracts: readonly Contract[],
  situation: Omit<Situation, 'contract' | 'purse'>,
  checks: CheckList,
): number | undefined {
  const purse = { left: VERDICT_STEPS_MAX };
  return earliestOf(contracts.map((contract) => judgeContract(contract, situation, purse, checks)));
}

function judgeContract(
  contract: Contract,
  situation: Omit<Situation, 'contract' | 'purse'>,
  purse: Situation['purse'],
  checks: CheckList,
): number | undefined {
  let earliest: number | undefined;
  for (const { requirement, reason, untilMs, ...rest } of evaluateContract({ ...situation, contract, purse })) {
    const about = { ...rest, contract: contract.contract };
    if (reason === undefined) checks.pass(`contract/${requirement}`, about);
    else if (reason === 'custody/blocked') checks.notRun(`contract/${requirement}`, reason, about);
    else checks.fail(`contract/${requirement}`, reason, about);
    earliest = earliestOf([earliest, untilMs]);
  }
  return earliest;
}

function earliestOf(untils: readonly (number | undefined)[]): number | undefined {
  const told = untils.filter((until) => until !== undefined);
  return told.length === 0 ? undefined : told.reduce((least, next) => Math.min(least, next));
}
