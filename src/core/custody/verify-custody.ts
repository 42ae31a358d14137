import { type Evaluated, evaluateContract } from '../contract/evaluate-contract.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Verdict } from '../entry/kinds/verdict-recorded.ts';
import { formatTime, parseTime } from '../entry/time.ts';
import { type Check, CheckList } from './check.ts';
import { type Coverage, readCoverage } from './contracts-in-force.ts';
import { type Counted, checkCounted } from './counted.ts';
import type { Evidence, Question } from './evidence.ts';
import { type Material, proveMaterial } from './material.ts';
import type { TrustFile } from './trust-file.ts';
import { readTrustState } from './trust-state.ts';

/** Version of the rules: a recorded verdict names it, and another version may judge otherwise. */
export const EVALUATOR = 'waybill-0.1';

/** A stated strength of the claim, that holds or does not. */
export type Assurances = {
  /** The checkpoint is signed by a log key that the reader brought. */
  readonly pinned: boolean;
  /** A quorum of witnesses cosigned the checkpoint. Not in this version. */
  readonly witnessed: boolean;
  /** A monitor replayed the log. Not in this version. */
  readonly replayed: boolean;
  /** Changes of trust carry control keys' signatures. Not in this version: authorised by the operator only. */
  readonly controlSigned: boolean;
  /** The lists are proved to be whole. Not in this version: complete as claimed by the log. */
  readonly complete: boolean;
  /** Every attestation that counts is signed by a pipeline's own key. */
  readonly ownKeys: boolean;
  /** Every attestation that counts names its own repository and stage. */
  readonly placed: boolean;
};

/** One step of custody, in the ledger's order. */
export type TimelineItem = {
  readonly seq: number;
  readonly time: string;
  readonly kind: string;
  readonly stage?: string;
  readonly predicateType?: string;
  readonly signer?: string;
  readonly principal: string;
  readonly assurance?: string;
  readonly via?: string;
  readonly sound: boolean;
};

/** The answer to a custody question: every check, and what follows. */
export type CustodyResult = {
  readonly subject: string;
  readonly repository: string;
  readonly origin?: string;
  readonly checkpoint?: { readonly size: number; readonly root: string; readonly time?: string };
  readonly evaluatedAt: string;
  readonly evaluator: string;
  readonly verdict: Verdict;
  /** Whether everything shown holds together, whatever a contract says. */
  readonly intact: boolean;
  readonly checks: readonly Check[];
  readonly assurances: Assurances;
  readonly contracts: readonly { readonly contract: string; readonly version: number; readonly seq: number }[];
  readonly timeline: readonly TimelineItem[];
  /** Entries about the digest that belong to other repositories: they exist, and do not count. */
  readonly elsewhere: readonly number[];
  /** When a check that depends on time will change; absent: none does. */
  readonly validUntil?: string;
};

export type CustodyQuestion = {
  readonly evidence: Evidence;
  readonly question: Question;
  /** What the reader brings; without it the result is internally consistent at best, and `pinned` is false. */
  readonly trust?: TrustFile;
  /** RFC 3339 in UTC with milliseconds. */
  readonly evaluatedAt: string;
};

/** 10000-01-01T00:00:00Z in milliseconds. */
const YEAR_10000_MS = 253_402_300_800_000;

/** Checks that belong to contracts; all others are about whether the material is true. */
const OF_CONTRACTS: ReadonlySet<string> = new Set([
  'contract/covers',
  'contract/signature',
  'contract/stage',
  'contract/order',
]);

/**
 * Runs every check on the evidence and never stops at the first that fails. Total: hostile evidence that parsed gives
 * failed checks, not an exception. The verdict is `pass` only when at least one contract covers the repository, every
 * requirement of each is met, and nothing shown is wrong; `unjudged` when none covers it and nothing is wrong.
 * Source: docs/spec/custody-checks.md.
 */
export function verifyCustody(asked: CustodyQuestion): CustodyResult {
  const { evidence, question, trust, evaluatedAt } = asked;
  const checks = new CheckList();
  checkQuestion(asked, checks);
  const material = proveMaterial(evidence, trust, evaluatedAt, checks);
  const trusted = readTrustState(material);
  const counted = checkCounted(question, material, trusted, checks);
  const coverage = readCoverage(question.repository, material, trusted, checks);
  judge(coverage, counted, checks);
  const sorted = checks.sorted();
  const intact = isIntact(sorted, material);
  const { checkpoint, time } = material;
  const validUntil = endOfValidity(time, trust);
  return {
    ...question,
    ...(checkpoint === undefined ? {} : { origin: checkpoint.origin }),
    ...(checkpoint === undefined
      ? {}
      : {
          checkpoint: {
            size: checkpoint.size,
            root: formatHex(checkpoint.root),
            ...(time === undefined ? {} : { time }),
          },
        }),
    evaluatedAt,
    evaluator: EVALUATOR,
    verdict: verdictOf(sorted, coverage, intact),
    intact,
    checks: sorted,
    assurances: assurancesOf(material, counted, checkpoint !== undefined),
    contracts: coverage.contracts.map(({ contract, version, seq }) => ({ contract: contract.contract, version, seq })),
    timeline: timelineOf(counted, coverage),
    elsewhere: elsewhereOf(question, material),
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

function checkQuestion({ evidence, question }: CustodyQuestion, checks: CheckList): void {
  const same = evidence.question.subject === question.subject && evidence.question.repository === question.repository;
  if (!same) checks.fail('origin', 'custody/wrong-question');
}

function judge(coverage: Coverage, counted: readonly Counted[], checks: CheckList): void {
  const evaluated = (what: Counted['what']) => counted.filter((one) => one.what === what).map(toEvaluated);
  for (const { contract } of coverage.contracts) {
    for (const result of evaluateContract(contract, evaluated('signature'), evaluated('attestation'))) {
      const { requirement, reason, ...rest } = result;
      const about = { ...rest, contract: contract.contract };
      if (reason === undefined) checks.pass(`contract/${requirement}`, about);
      else if (reason === 'custody/blocked') checks.notRun(`contract/${requirement}`, reason, about);
      else checks.fail(`contract/${requirement}`, reason, about);
    }
  }
}

function toEvaluated({ entry, predicateType, assurance, first, sound }: Counted): Evaluated {
  return {
    seq: entry.seq,
    ...(entry.stage === undefined ? {} : { stage: entry.stage }),
    predicateType,
    signer: entry.signer ?? '',
    assurance,
    firstSeq: first.seq,
    sound,
  };
}

/** Not-run counts against it, except where nobody could have run it: no key was pinned, or a pin is of another size. */
function isIntact(checks: readonly Check[], material: Material): boolean {
  const bearable = new Set<string | undefined>(['origin/not-confirmed', 'checkpoint/pin-not-comparable']);
  return (
    material.checkpoint !== undefined &&
    checks.every(
      (check) =>
        OF_CONTRACTS.has(check.code) ||
        check.outcome === 'pass' ||
        (check.outcome === 'not-run' && bearable.has(check.reason)),
    )
  );
}

function verdictOf(checks: readonly Check[], coverage: Coverage, intact: boolean): Verdict {
  if (!intact || !coverage.complete) return 'fail';
  if (coverage.contracts.length === 0) return 'unjudged';
  const required = checks.filter(({ code }) => OF_CONTRACTS.has(code));
  return required.length > 0 && required.every(({ outcome }) => outcome === 'pass') ? 'pass' : 'fail';
}

function assurancesOf(material: Material, counted: readonly Counted[], signed: boolean): Assurances {
  const attestations = counted.filter(({ what }) => what === 'attestation');
  return {
    pinned: material.pinned && signed,
    witnessed: false,
    replayed: false,
    controlSigned: false,
    complete: false,
    ownKeys: attestations.length > 0 && attestations.every(({ assurance, sound }) => assurance === 'pipeline' && sound),
    placed: attestations.length > 0 && attestations.every(({ placed }) => placed),
  };
}

function endOfValidity(time: string | undefined, trust: TrustFile | undefined): string | undefined {
  const max = trust?.checkpointAgeMaxSeconds;
  if (time === undefined || max === undefined) return undefined;
  const then = parseTime(time);
  // A year of five digits is no time that anybody could spell here; nothing that is judged today lasts so long.
  return then === undefined || then >= YEAR_10000_MS - max * 1000 ? undefined : formatTime(then + max * 1000);
}

function timelineOf(counted: readonly Counted[], coverage: Coverage): readonly TimelineItem[] {
  const steps = counted.map(
    ({ entry, via, predicateType, assurance, sound }): TimelineItem => ({
      seq: entry.seq,
      time: entry.time,
      kind: entry.kind,
      ...(entry.stage === undefined ? {} : { stage: entry.stage }),
      predicateType,
      ...(entry.signer === undefined ? {} : { signer: entry.signer }),
      principal: entry.principal,
      assurance,
      ...(via === undefined ? {} : { via }),
      sound,
    }),
  );
  const contracts = coverage.history.map(
    ({ entry: { seq, time, kind, principal }, sound }): TimelineItem => ({ seq, time, kind, principal, sound }),
  );
  return [...steps, ...contracts].sort((a, b) => a.seq - b.seq);
}

function elsewhereOf(question: Question, material: Material): readonly number[] {
  const list = material.lists.get(`image:${question.subject}`) ?? [];
  return list.filter(({ entry }) => entry.repository !== question.repository).map(({ entry }) => entry.seq);
}
