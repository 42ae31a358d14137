import type { Contract } from '../../core/contract/contract.ts';
import { durationMs } from '../../core/contract/duration.ts';
import type { Evaluated, FirstRecord } from '../../core/contract/evaluated.ts';
import type { EvaluatedRun } from '../../core/contract/evaluated-run.ts';
import { eachStatementOnce, FirstRecords } from '../../core/contract/first-records.ts';
import { settingNothingAside } from '../../core/contract/vex-from.ts';
import { type Check, CheckList } from '../../core/custody/check.ts';
import { applyWaivers, type Waiver } from '../../core/custody/check-waivers.ts';
import { fromOf } from '../../core/custody/contracts-in-force.ts';
import { INHERITED_PREDICATE_TYPES } from '../../core/custody/counted.ts';
import { judgeSituation } from '../../core/custody/judge-contracts.ts';
import { verdictOf } from '../../core/custody/verdict-of.ts';
import type { Json } from '../../core/encoding/json.ts';
import type { Verdict } from '../../core/entry/kinds/verdict-recorded.ts';
import { globMatches } from '../../core/entry/names.ts';
import { formatTime, parseTime } from '../../core/entry/time.ts';
import { combineRead, readSources } from '../../core/facts/combine-facts.ts';
import type { Facts } from '../../core/facts/facts.ts';
import type { CaseAttestation, CaseSignature, ContractCase } from './contract-case.ts';

/** What an attestation of a case claims, its file read and its type spelled out. */
export type CaseClaim = { readonly predicateType: string; readonly predicate: Json };

/** What came out: the verdict, and every check of the contract. */
export type JudgedCase = { readonly verdict: Verdict; readonly checks: readonly Check[] };

/** When cases are judged. No case can tell the time; only ages matter. */
const EVALUATED_AT = '2026-01-31T12:00:00.000Z';
const EVALUATED_AT_MS = parseTime(EVALUATED_AT) ?? 0;
const HOUR_MS = 3_600_000;
const DIGEST = `sha256:${'c0'.repeat(32)}`;
const PREVIOUS = `sha256:${'b0'.repeat(32)}`;
/** The signer of whatever names none: an id that nobody would put into a contract. */
const SIGNER = '00'.repeat(32);
const NO_CLAIM: CaseClaim = { predicateType: '', predicate: {} };

/**
 * What core says of an image that has what the case tells, under this contract alone: the same evaluation that every verdict
 * comes from, behind proofs that are taken as given. `claims` are those of the case's attestations, in their order. What was
 * filed in a repository that the contract does not look at, or is about another platform, is as if it was not there.
 * An attestation or signature that is not sound fails the verdict by itself, as it does in custody. `backwards` is the index of
 * an attestation that is older than the one before it, as none in a ledger is.
 */
export function judgeCase(
  contract: Contract,
  one: ContractCase,
  claims: readonly CaseClaim[],
): JudgedCase | { readonly backwards: number } {
  const { signatures = [{ person: 'builder' }], attestations = [], waivers = [] } = one;
  const ages = agesOf(attestations);
  const backwards = ages.findIndex((age, index) => age > (ages[index - 1] ?? age));
  if (backwards >= 0) return { backwards };
  const repository = one.repository ?? exampleOf(contract.repositories[0] ?? '*');
  const image = { digest: one.digest ?? DIGEST, repository };
  const counts = countedIn(contract, one, repository);
  const counted = signatures.map((each, index) => ({ each, index })).filter(({ each }) => counts(each));
  const signed = counted.map(({ each, index }) => evaluatedSignature(each, index, repository));
  const attested = evaluatedAttestations(
    attestations.flatMap((each, index) =>
      counts(each) ? [{ each, claim: claims[index] ?? NO_CLAIM, ageMs: ages[index] ?? 0, index }] : [],
    ),
    { repository, from: signatures.length + 1 },
  );
  const contracts = contract.repositories.some((glob) => globMatches(glob, repository)) ? [contract] : [];
  const checks = new CheckList();
  judgeSituation(
    contracts,
    {
      signatures: signed,
      attestations: attested,
      runs: counted.flatMap(({ each, index }) => evaluatedRun(each, index)),
      image,
      facts: () => factsOf(contract, one, attested, image.digest),
      previous: () => (one.previous === undefined ? {} : { digest: PREVIOUS, facts: one.previous as Facts }),
      evaluatedAtMs: EVALUATED_AT_MS,
    },
    checks,
  );
  applyWaivers(
    waivers.map((waiver, index) => waiverInForce(contract.contract, waiver, index)),
    checks,
  );
  const sorted = checks.sorted().filter(({ code }) => code.startsWith('contract/'));
  const intact = [...signed, ...attested].every(({ sound }) => sound);
  return { verdict: verdictOf(sorted, { contracts, complete: true }, intact), checks: sorted };
}

/** A repository that the glob covers. */
function exampleOf(glob: string): string {
  return glob === '*' ? 'image' : glob.replace(/\*$/, 'image');
}

/**
 * Milliseconds since each was recorded. Where an age is not told it is that of the next that tells one, so that a case need
 * only say what matters; an hour where none follows, or less where one before is younger.
 */
function agesOf(attestations: readonly CaseAttestation[]): readonly number[] {
  const told = attestations.map(({ age }) => (age === undefined ? undefined : durationMs(age)));
  const ages: number[] = [];
  for (const [index, own] of told.entries()) {
    const before = ages.at(-1) ?? Number.POSITIVE_INFINITY;
    ages.push(own ?? told.slice(index).find((later) => later !== undefined) ?? Math.min(HOUR_MS, before));
  }
  return ages;
}

function evaluatedSignature(signature: CaseSignature, index: number, repository: string): Evaluated {
  const seq = index + 1;
  return {
    seq,
    repository: signature.repository ?? repository,
    predicateType: 'https://sigstore.dev/cosign/sign/v1',
    signer: SIGNER,
    assurance: 'service',
    sound: signature.sound ?? true,
    first: firstRecord(seq, EVALUATED_AT_MS - HOUR_MS, signature),
  };
}

/** Whether the contract looks at what was filed in that repository, about that platform. */
function countedIn(
  contract: Contract,
  { platform }: ContractCase,
  repository: string,
): (each: { readonly repository?: string; readonly platform?: string }) => boolean {
  const known = new Set([repository, ...fromOf(contract, repository)]);
  return (each) => known.has(each.repository ?? repository) && (each.platform ?? platform) === platform;
}

/** An attestation that counts, what it claims, how old it is, and its place in the case. */
type Attested = {
  readonly each: CaseAttestation;
  readonly claim: CaseClaim;
  readonly ageMs: number;
  readonly index: number;
};

function evaluatedAttestations(
  attestations: readonly Attested[],
  { repository, from }: { readonly repository: string; readonly from: number },
): readonly Evaluated[] {
  const firsts = new FirstRecords();
  return attestations.flatMap(({ each, claim, ageMs, index }) => {
    const { stage, signer = SIGNER, assurance = 'pipeline', sound = true, follows, on = 'image' } = each;
    const seq = from + index;
    const own = firstRecord(seq, EVALUATED_AT_MS - ageMs, each);
    const record = { stage, statement: each.statement ?? ` ${index}` };
    firsts.note(record, own);
    const first = firsts.of(record) ?? own;
    // What an index does not hand down says nothing about its images.
    if (on === 'index' && !INHERITED_PREDICATE_TYPES.has(claim.predicateType)) return [];
    const evaluated = {
      seq,
      repository: each.repository ?? repository,
      stage,
      ...claim,
      signer,
      assurance,
      sound,
      on: ABOUT[on],
      first,
      ...(follows === undefined ? {} : { follows }),
    };
    return [evaluated];
  });
}

const ABOUT = { image: ['image'], index: ['image'], source: ['source'], both: ['image', 'source'] } as const;

function firstRecord(
  seq: number,
  timeMs: number,
  { person, principal }: Pick<CaseAttestation, 'person' | 'principal'>,
): FirstRecord {
  const known = person === undefined ? {} : { person };
  return { seq, time: formatTime(timeMs), ...known, filing: { seq, principal: principal ?? person ?? 'ci', ...known } };
}

/** The run of a signature, as one that is accounted for; those of signatures that are not sound do not count. */
function evaluatedRun({ run, sound = true }: CaseSignature, index: number): readonly EvaluatedRun[] {
  if (run === undefined || !sound) return [];
  const { outcome, stages = [], attempt = 1, failedBefore = attempt - 1, expiresIn = '1h' } = run;
  const expires = formatTime(EVALUATED_AT_MS + durationMs(expiresIn));
  return [
    { seq: index + 1, run: `r-${index + 1}`, outcome, stages, expires, attempt: { number: attempt, failedBefore } },
  ];
}

/** Facts as custody combines them, out of sound attestations, each once; what the case states itself stands in their place. */
function factsOf(
  contract: Contract,
  { facts = {}, missing = [] }: ContractCase,
  attested: readonly Evaluated[],
  digest: string,
): Facts {
  const stating = eachStatementOnce(attested.filter(({ sound }) => sound));
  const sources = stating.map(({ stage = '', predicateType, predicate = {} }) => ({ stage, predicateType, predicate }));
  const { combined } = combineRead(readSources(sources), { digest }, settingNothingAside(contract, attested));
  const stated: Facts = { ...combined, ...(facts as Facts) };
  return Object.fromEntries(Object.entries(stated).filter(([name]) => !missing.some((one) => one === name)));
}

function waiverInForce(
  contract: string,
  { check, stage, rule }: NonNullable<ContractCase['waivers']>[number],
  index: number,
): Waiver {
  return {
    waiver: `w-${index + 1}`,
    check,
    contract,
    ...(stage === undefined ? {} : { stage }),
    ...(rule === undefined ? {} : { rule }),
    expires: EVALUATED_AT,
    breakGlass: false,
    requested: { seq: 0, time: EVALUATED_AT, principal: 'ci', assurance: 'service' },
    inForce: true,
    exempts: false,
  };
}
