import { duration } from '../../core/contract/duration.ts';
import { CHECK_CODES } from '../../core/custody/check.ts';
import {
  array,
  boolean,
  type Decoded,
  decode,
  integer,
  json,
  mapped,
  object,
  oneOf,
  optional,
  type Reader,
  string,
} from '../../core/encoding/decode.ts';
import { distinctArray } from '../../core/encoding/distinct-array.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/encoding/json.ts';
import { ASSURANCES } from '../../core/entry/entry.ts';
import { VERDICTS } from '../../core/entry/kinds/verdict-recorded.ts';
import { IMAGE_DIGEST, NAME, REPOSITORY, SHA256_HEX } from '../../core/entry/names.ts';
import { fail, ok, type Result } from '../../core/fault.ts';
import { CONTRACT_FAULT_CODES } from '../../core/fault-codes/contract.ts';
import { RUN_FAULT_CODES } from '../../core/fault-codes/run.ts';
import { CONTRACT_STAGES_MAX, RUN_STAGES_MAX, SUBJECT_ENTRIES_MAX } from '../../core/limits.ts';
import { RUN_STATES } from '../../core/run/run-state.ts';
import { CASE_FACT_NAMES, caseFacts } from './case-facts.ts';

const name = string({ max: 64, pattern: NAME });
const signerId = string({ max: 64, pattern: SHA256_HEX });
const repositoryName = string({ max: 255, pattern: REPOSITORY });
/** A platform as OCI names it: `linux/arm64`, `linux/arm/v7`. */
const platform = string({ max: 100, pattern: /^[a-z0-9._-]+\/[a-z0-9._-]+(?:\/[a-z0-9._-]+)?$/ });

/** What signatures and attestations have in common; each member is there for a reason that a contract could have. */
const recorded = {
  /** Who is behind it; absent: nobody knows. */
  person: optional(name),
  /** Absent: that of the person, or `ci`. */
  principal: optional(name),
  /** False where a check of it fails: a broken signature, a revoked signer, a statement about another image. */
  sound: optional(boolean()),
  /** Where it was filed; that of the case unless told. What the contract does not take images from does not count. */
  repository: optional(repositoryName),
};

const runReader = object({
  outcome: oneOf(RUN_STATES),
  /** Stages that were asked for when it was opened; none unless told. */
  stages: optional(distinctArray(name, { max: RUN_STAGES_MAX })),
  /** Its number among the attempts at its commit; the first unless told. */
  attempt: optional(integer({ min: 1, max: SUBJECT_ENTRIES_MAX })),
  /** Attempts before it that did not succeed; all of them unless told. */
  failedBefore: optional(integer({ max: SUBJECT_ENTRIES_MAX })),
  /** How long an open run still has; an hour unless told. */
  expiresIn: optional(duration),
});

const signatureReader = object({
  ...recorded,
  run: optional(runReader),
  /** What was signed: the image, unless told, or an index that contains it. */
  on: optional(oneOf(['image', 'index'])),
});

const attestationMembers = object({
  ...recorded,
  stage: name,
  /** Predicate type: a URI, or a name of `waybill attest --type`. Absent: what the document is, or `custom`. */
  type: optional(string({ min: 1, max: 255 })),
  /** What it claims; an empty object unless told. */
  predicate: optional(json()),
  /** A file instead, beside the case, as `waybill attest` would read it. */
  document: optional(string({ min: 1, max: 1024 })),
  signer: optional(signerId),
  /** Ids of keys that its signer follows by rotation. */
  follows: optional(distinctArray(signerId, { min: 1, max: 64 })),
  assurance: optional(oneOf(ASSURANCES)),
  /** How long ago it was recorded. */
  age: optional(duration),
  /** Attestations with the same text here are one statement, posted again. */
  statement: optional(string({ min: 1, max: 64 })),
  /** What it is about; an index hands down provenance, and nothing else. */
  on: optional(oneOf(['image', 'source', 'both', 'index'])),
  /** Of which image of the index it is; that of the case unless told. */
  platform: optional(platform),
});

/** What an attestation claims stands in the case or in a file, not in both. */
const attestationReader: typeof attestationMembers = Object.assign(
  (value: Json | undefined, at: string) => {
    const read = attestationMembers(value, at);
    if (!read.ok || read.value.predicate === undefined || read.value.document === undefined) return read;
    return fail('encoding/not-allowed', 'Give the predicate here or the document beside, not both.', `${at}/document`);
  },
  { schema: attestationMembers.schema ?? {} },
);

const waiverReader = object({
  check: string({ max: 64, pattern: /^contract\/[a-z-]+$/ }),
  stage: optional(name),
  rule: optional(name),
});

/** Codes that an outcome may be named by: of a check, or of the reason why it failed. */
const OUTCOME_CODES: ReadonlySet<string> = new Set([
  ...CHECK_CODES.filter((code) => code.startsWith('contract/')),
  ...CONTRACT_FAULT_CODES,
  ...RUN_FAULT_CODES,
]);

/** `contract/stale`, `contract/stale scan`, `contract/rule-violated scan nothing-critical`: a code, and what it is about. */
const outcomeReader = mapped(
  string({ min: 1, max: 200, pattern: /^[a-z]+\/[a-z-]+(?: [A-Za-z0-9._/-]+){0,2}$/ }),
  (text) => {
    const [code = '', ...about] = text.split(' ');
    if (OUTCOME_CODES.has(code)) return ok({ code, about, text });
    return fail(
      'encoding/not-allowed',
      `${code} is the code of no check of a contract, and of no reason why one fails.`,
    );
  },
);
const outcomes = array(outcomeReader, { max: 1_000 });

const wholeExpectation = object({
  verdict: oneOf(VERDICTS),
  /** Every check that fails; what is not run for want of another need not be named. */
  failing: optional(outcomes),
  /** Every check that a waiver stands in for, where it is told. */
  waived: optional(outcomes),
});

/** `pass` alone, or all of it. A case that fails for another reason than its author thinks would test nothing. */
const expectation: Reader<Decoded<typeof wholeExpectation>> = (value, at) => {
  const short = typeof value === 'string' ? decode(oneOf(VERDICTS), value) : undefined;
  const read = short?.ok === true ? ok({ verdict: short.value }) : wholeExpectation(value, at);
  if (!read.ok || read.value.verdict !== 'fail' || 'failing' in read.value) return read;
  return fail(
    'encoding/missing-member',
    'Say what fails: {verdict: fail, failing: [contract/stage-missing test]}.',
    at,
  );
};

/** What an image has; the repository is one that the contract covers unless told. */
const situation = {
  repository: optional(repositoryName),
  digest: optional(string({ max: 71, pattern: IMAGE_DIGEST })),
  /** Which image of an index it is. */
  platform: optional(platform),
  /** One sound signature by the person `builder` unless told. */
  signatures: optional(array(signatureReader, { max: SUBJECT_ENTRIES_MAX })),
  /** In the order in which they were recorded. */
  attestations: optional(array(attestationReader, { max: SUBJECT_ENTRIES_MAX })),
  /** Facts of the image: each stands in place of what the documents state. */
  facts: optional(caseFacts),
  /** Facts that are missing although documents state them: one of those documents cannot be read. */
  missing: optional(distinctArray(oneOf(CASE_FACT_NAMES), { min: 1, max: CASE_FACT_NAMES.length })),
  /** Facts of the image that was released to the environment before; none was where absent. */
  previous: optional(caseFacts),
  /** Waivers in force. */
  waivers: optional(array(waiverReader, { max: CONTRACT_STAGES_MAX })),
};

const caseReader = object({
  /** What the case is about, for people; the name of its file where absent. */
  case: optional(string({ min: 1, max: 200 })),
  ...situation,
  /** Stages of which nothing that is given stays. */
  without: optional(distinctArray(name, { min: 1, max: CONTRACT_STAGES_MAX })),
  expect: expectation,
});

const fileReader = object({
  /** What each case of the file begins with. */
  given: optional(object(situation)),
  cases: array(caseReader, { min: 1, max: 1_000 }),
});

/** JSON Schema of a file of cases, as far as one can say it. */
export const CASES_SCHEMA: JsonObject = { anyOf: [fileReader.schema ?? {}, caseReader.schema ?? {}] };

/** What an image has, and what a contract is to say of it. */
export type ContractCase = Omit<Decoded<typeof caseReader>, 'without'>;
export type CaseAttestation = Decoded<typeof attestationReader>;
export type CaseSignature = Decoded<typeof signatureReader>;
export type CaseOutcome = Decoded<typeof outcomeReader>;
/** A case, with the JSON pointers of its attestations in the file. */
export type PlacedCase = { readonly one: ContractCase; readonly attestationsAt: readonly string[] };

type Situation = Decoded<ReturnType<typeof object<typeof situation>>>;
type Placed = { readonly attestation: CaseAttestation; readonly at: string };

/**
 * The cases of a file: one alone, or several with what is given to each of them. Faults: those of core's readers, with the
 * place. Source: docs/guides/contracts.md.
 */
export function readCases(value: Json): Result<readonly PlacedCase[]> {
  if (!isJsonObject(value) || !('cases' in value)) {
    const alone = decode(caseReader, value);
    return alone.ok ? ok([place(alone.value, {}, '')]) : alone;
  }
  const read = decode(fileReader, value);
  if (!read.ok) return read;
  const { given = {}, cases } = read.value;
  return ok(cases.map((one, index) => place(one, given, `/cases/${index}`)));
}

/**
 * The case with what is given. Its attestations stand in place of those of their stage that are given, where the first of
 * those stood; others come last. Every other member takes the place of the one that is given, facts each by itself.
 */
function place({ without = [], ...one }: Decoded<typeof caseReader>, given: Situation, at: string): PlacedCase {
  const own = (one.attestations ?? []).map(
    (attestation, index): Placed => ({ attestation, at: `${at}/attestations/${index}` }),
  );
  const kept = (given.attestations ?? [])
    .map((attestation, index): Placed => ({ attestation, at: `/given/attestations/${index}` }))
    .filter(({ attestation }) => !without.includes(attestation.stage));
  const placed: Placed[] = [];
  for (const each of [...kept, ...own]) {
    const ofStage = own.filter(({ attestation }) => attestation.stage === each.attestation.stage);
    if (ofStage.length === 0) placed.push(each);
    else placed.push(...ofStage.filter((replacing) => !placed.includes(replacing)));
  }
  const facts = { ...given.facts, ...one.facts };
  return {
    one: { ...given, ...one, facts, attestations: placed.map(({ attestation }) => attestation) },
    attestationsAt: placed.map((each) => each.at),
  };
}
