import type { Contract } from '../contract/contract.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Verdict } from '../entry/kinds/verdict-recorded.ts';
import { formatTime, parseTime, YEAR_10000_MS } from '../entry/time.ts';
import { type AsOf, isSameAsOf } from './as-of.ts';
import { type Check, CheckList } from './check.ts';
import { type Control, checkControl } from './check-control.ts';
import { checkDualControl } from './check-dual-control.ts';
import { checkReleases, type Release, type Retirement } from './check-releases.ts';
import { type CommitAttempt, checkRuns } from './check-runs.ts';
import { applyWaivers, endsOfWaiversMs, readWaivers, type Waiver } from './check-waivers.ts';
import { type Comparison, compareWithPrevious } from './compare-with-previous.ts';
import { readCoverage } from './contracts-in-force.ts';
import { type Counted, checkCounted } from './counted.ts';
import type { Evidence, Question } from './evidence.ts';
import { type FactsAtHand, factsAtHand } from './facts-at-hand.ts';
import { judgeContracts } from './judge-contracts.ts';
import { type Material, proveMaterial } from './material.ts';
import { checkPromotions, type Promotions, promotedAttempts, withPromoted } from './promoted.ts';
import { type TimelineItem, timelineOf } from './timeline.ts';
import type { TrustFile } from './trust-file.ts';
import { readTrustState, type TrustState } from './trust-state.ts';
import { isOfContract, verdictOf } from './verdict-of.ts';

/** Version of the rules: a recorded verdict names it, and another version may judge otherwise. */
export const EVALUATOR = 'waybill-0.3';

/** A stated strength of the claim, that holds or does not. */
export type Assurances = {
  /** The checkpoint is signed by a log key that the reader brought. */
  readonly pinned: boolean;
  /** A quorum of witnesses cosigned the checkpoint. Not in this version. */
  readonly witnessed: boolean;
  /** A monitor that the reader trusts cosigned the checkpoint, up to which it replayed the log. */
  readonly replayed: boolean;
  /** Changes of trust carry the signatures of control keys that the reader brought; else the operator alone authorised them. */
  readonly controlSigned: boolean;
  /** Every list is whole by a map that a monitor replayed. Otherwise they are complete as claimed by the log. */
  readonly complete: boolean;
  /** Every attestation that counts is signed by a pipeline's own key. */
  readonly ownKeys: boolean;
  /** Every attestation that counts names its own repository and stage. */
  readonly placed: boolean;
};

/** The answer to a custody question: every check, and what follows. */
export type CustodyResult = {
  readonly subject: string;
  readonly repository: string;
  /** The past state that was asked about; root and time only where it is proved. */
  readonly asOf?: AsOf & { readonly root?: string; readonly time?: string };
  readonly origin?: string;
  readonly checkpoint?: { readonly size: number; readonly root: string; readonly time?: string };
  readonly evaluatedAt: string;
  readonly evaluator: string;
  readonly verdict: Verdict;
  /** Whether everything shown holds together, whatever a contract says. */
  readonly intact: boolean;
  readonly checks: readonly Check[];
  readonly assurances: Assurances;
  /** The contracts that apply, by name; `sha256` is that of the document, in hex. */
  readonly contracts: readonly {
    readonly contract: string;
    readonly version: number;
    readonly seq: number;
    readonly sha256: string;
  }[];
  readonly timeline: readonly TimelineItem[];
  /** Every run of the commits that the image comes from, by commit and number; then those where it was promoted from. */
  readonly attempts: readonly CommitAttempt[];
  /** Every waiver that was ever asked for about the image in this repository, in force or not. */
  readonly waivers: readonly Waiver[];
  /** Every release of the image in this repository, in the ledger's order, each with what was released before. */
  readonly releases: readonly Release[];
  /** Every retirement of the image in this repository. */
  readonly retirements: readonly Retirement[];
  /** The image beside what was released before it, where the question is about an environment. */
  readonly comparison?: Comparison;
  /** Entries about the digest that belong to other repositories: they exist, and do not count. */
  readonly elsewhere: readonly number[];
  /** When a check that depends on time will change; absent: none does. */
  readonly validUntil?: string;
};

/** A result, and what its ledger says of keys and people. */
export type JudgedCustody = { readonly result: CustodyResult; readonly trusted: TrustState };

export type CustodyQuestion = {
  readonly evidence: Evidence;
  readonly question: Question;
  /** What the reader brings; without it the result is internally consistent at best, and `pinned` is false. */
  readonly trust?: TrustFile;
  /** RFC 3339 in UTC with milliseconds. */
  readonly evaluatedAt: string;
  /** The environment that it is asked for: an image that was retired there fails. That of the question unless told. */
  readonly environment?: string;
  /** A contract that is judged as if it was published already: what would be, and no verdict of what is. */
  readonly proposal?: Contract;
};

/** Checks that say why a waiver does or does not exempt; what follows stands in the checks that it is about. */
const OF_WAIVERS: ReadonlySet<string> = new Set(['waiver/in-force']);

/**
 * Runs every check on the evidence and never stops at the first that fails. Total: hostile evidence that parsed gives
 * failed checks, not an exception. The verdict is `pass` only when at least one contract covers the repository, every
 * requirement of each is met, and nothing shown is wrong; `waived` when waivers in force exempt what is not met;
 * `unjudged` when no contract covers it and nothing is wrong.
 * Source: docs/spec/custody-checks.md.
 */
export function verifyCustody(asked: CustodyQuestion): CustodyResult {
  return judgeCustody(asked).result;
}

/** The same, with what the ledger says of the keys and people behind it, for readers who ask about these, too. */
export function judgeCustody(asked: CustodyQuestion): JudgedCustody {
  const { evidence, question, trust, evaluatedAt } = asked;
  const environment = environmentOf(asked);
  const checks = new CheckList();
  const { proved, control, trusted, runs, counted } = proveCounted(asked, checks);
  const { material } = control;
  const coverage = readCoverage(question.repository, material, trusted, checks, proved, asked.proposal);
  const atHand = factsAtHand(question, material, trusted, counted);
  const promotions = checkPromotions(question, coverage.contracts, material, trusted, checks);
  const everything = withPromoted(counted, promotions);
  // What counts elsewhere is stated of the image, too, where a contract takes it from there.
  const compared =
    promotions.size === 0 ? atHand : factsAtHand(question, material, trusted, everything, coverage.contracts);
  const judged = { question, material, atHand, promotions, coverage, counted, runs, trusted };
  const contractsUntilMs = judgeContracts(judged, material.judgedAt, checks);
  const { isControlled } = control;
  const grounds = { question, material, trust: trusted, counted, judgedAt: material.judgedAt, isControlled };
  // Whoever built it elsewhere built it.
  const waivers = applyWaivers(readWaivers({ ...grounds, counted: everything }), checks);
  const where = environment === undefined ? {} : { environment };
  const released = checkReleases({ ...grounds, coverage, ...where }, checks);
  const sorted = checks.sorted();
  const intact = isIntact(sorted, material);
  const { checkpoint, time } = material;
  // What is judged at a time of the past, and not at that of the reader, does not change any more.
  const rulesUntilMs = evidence.question.asOf?.view === 'now' ? [] : [contractsUntilMs, ...endsOfWaiversMs(waivers)];
  const validUntil = earliestOf([checkpointUntilMs(material.knownAt, trust), ...rulesUntilMs]);
  const result: CustodyResult = {
    subject: question.subject,
    repository: question.repository,
    ...asOfIn(evidence.question, material),
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
    assurances: assurancesOf(material, control, everything, sorted),
    contracts: coverage.contracts.map(({ contract, ...rest }) => ({ ...rest, contract: contract.contract })),
    timeline: timelineOf(
      everything,
      coverage,
      { repository: question.repository, runs, waivers, ...released },
      trusted,
    ),
    attempts: [...runs.attempts, ...promotedAttempts(promotions)],
    waivers,
    ...released,
    ...comparisonIn(question, compared),
    elsewhere: elsewhereOf(question, material, promotions),
    ...(validUntil === undefined ? {} : { validUntil }),
  };
  return { result, trusted };
}

function comparisonIn({ environment }: Question, { facts, previous }: FactsAtHand): Pick<CustodyResult, 'comparison'> {
  return environment === undefined ? {} : { comparison: compareWithPrevious(environment, previous(), facts) };
}

function checkQuestion(asked: CustodyQuestion, checks: CheckList): void {
  const { evidence, question } = asked;
  const { question: answered } = evidence;
  const about = answered.subject === question.subject && answered.repository === question.repository;
  const there = answered.environment === question.environment;
  const elsewhere = question.environment !== undefined && environmentOf(asked) !== question.environment;
  if (!about || !there || elsewhere || !isSameAsOf(answered.asOf, question.asOf))
    checks.fail('origin', 'custody/wrong-question');
}

/** Where the image is to run: what is compared with what runs there is for there. */
function environmentOf({ question, environment = question.environment }: CustodyQuestion): string | undefined {
  return environment;
}

function asOfIn({ asOf }: Question, { past }: Material): Pick<CustodyResult, 'asOf'> {
  if (asOf === undefined) return {};
  return { asOf: { ...asOf, ...(past === undefined ? {} : { root: formatHex(past.root), time: past.time }) } };
}

/** Runs every check that no contract asks for; gives what was proved by them, and what counts of the image. */
export function proveCounted(asked: CustodyQuestion, checks: CheckList) {
  const { evidence, question, trust, evaluatedAt } = asked;
  checkQuestion(asked, checks);
  const proved = proveMaterial(evidence, trust, evaluatedAt, checks);
  const agreed = checkControl(proved, trust, checks);
  const material = checkDualControl(proved, agreed, checks);
  const control = { ...agreed, material };
  const trusted = readTrustState(material);
  const runs = checkRuns(question, material, trusted, checks);
  return { proved, control, trusted, runs, counted: checkCounted(question, material, trusted, runs, checks) };
}

export function isIntact(checks: readonly Check[], { checkpoint }: Pick<Material, 'checkpoint'>): boolean {
  return checkpoint !== undefined && !checks.some(speaksAgainst);
}

/** Not-run, where nobody could have run it: no key was brought, or a pin is of another size. */
const BEARABLE: ReadonlySet<string | undefined> = new Set([
  'origin/not-confirmed',
  'checkpoint/pin-not-comparable',
  'control/keys-not-confirmed',
]);

/** Whether a check speaks against what is shown, whatever contracts ask for. */
export function speaksAgainst(check: Check): boolean {
  if (isOfContract(check) || OF_WAIVERS.has(check.code) || check.outcome === 'pass') return false;
  return check.outcome !== 'not-run' || !BEARABLE.has(check.reason);
}

function assurancesOf(
  material: Material,
  control: Control,
  counted: readonly Counted[],
  checks: readonly Check[],
): Assurances {
  const attestations = counted.filter(({ what }) => what === 'attestation');
  const whole = checks.every(({ code, outcome }) => code !== 'list/complete' || outcome === 'pass');
  return {
    pinned: material.pinned && material.checkpoint !== undefined,
    witnessed: false,
    replayed: material.replayed,
    controlSigned: control.signed,
    complete: material.replayed && whole,
    ownKeys: attestations.length > 0 && attestations.every(({ assurance, sound }) => assurance === 'pipeline' && sound),
    placed: attestations.length > 0 && attestations.every(({ placed }) => placed),
  };
}

/** When the checkpoint is too old for the reader. */
function checkpointUntilMs(time: string | undefined, trust: TrustFile | undefined): number | undefined {
  const max = trust?.checkpointAgeMaxSeconds;
  const then = time === undefined || max === undefined ? undefined : parseTime(time);
  return then === undefined || max === undefined ? undefined : then + max * 1000;
}

/** The first instant at which something changes by itself; undefined where nothing does. */
function earliestOf(instantsMs: readonly (number | undefined)[]): string | undefined {
  const earliest = instantsMs.reduce<number>((least, next) => Math.min(least, next ?? least), YEAR_10000_MS);
  // A year of five digits is no time that anybody could spell here; nothing that is judged today lasts so long.
  return earliest >= YEAR_10000_MS ? undefined : formatTime(earliest);
}

function elsewhereOf({ subject, repository }: Question, material: Material, promotions: Promotions): readonly number[] {
  const list = material.lists.get(`image:${subject}`) ?? [];
  const isElsewhere = (name = '') => name !== repository && !promotions.has(name);
  return list.filter(({ entry }) => isElsewhere(entry.repository)).map(({ entry }) => entry.seq);
}
