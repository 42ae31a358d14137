import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { array, type Decoded, decode, integer, literal, object, oneOf, optional, string } from '../encoding/decode.ts';
import { distinctArray } from '../encoding/distinct-array.ts';
import type { Json, JsonObject } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { NAME, REPOSITORY, REPOSITORY_GLOB, SHA256_HEX } from '../entry/names.ts';
import { type Fault, fail, type Result } from '../fault.ts';
import {
  CONTRACT_FROM_MAX,
  CONTRACT_GLOBS_MAX,
  CONTRACT_STAGES_MAX,
  CONTRACT_THRESHOLD_MAX,
  RULE_CHARACTERS_MAX,
  RULES_MAX,
} from '../limits.ts';
import { scopeTitle } from '../trust/scope.ts';
import { contractRuns } from './contract-runs.ts';
import { duration } from './duration.ts';
import { limitsReader } from './limits-member.ts';
import { CONTRACT_VARIABLES, readRule, STAGE_VARIABLES } from './rules/rule.ts';

/** Media type of the payload of `contract.published`. */
export const CONTRACT_MEDIA_TYPE = 'application/vnd.waybill.contract+json';

const stageName = string({ max: 64, pattern: NAME });

/** Printable ASCII, tabs and line ends: what an expression looks like is what it says. */
const EXPRESSION = /^[\t\n\r -~]+$/;

const ruleReader = object({
  rule: stageName,
  /** For people: what the rule is about. */
  title: optional(scopeTitle),
  /** An expression of docs/spec/rules.md; it must come to true. */
  expression: string({ min: 1, max: RULE_CHARACTERS_MAX, pattern: EXPRESSION }),
});

const stageReader = object({
  stage: stageName,
  /** Predicate types that count for the stage; absent: any. */
  predicateTypes: optional(distinctArray(string({ min: 1, max: 255 }), { min: 1, max: 32 })),
  /** Signers that count for the stage, by id; absent: any that may attest the stage. */
  signers: optional(distinctArray(string({ max: 64, pattern: SHA256_HEX }), { min: 1, max: 64 })),
  /** Weakest assurance that counts: `pipeline` asks for the pipeline's own key; `service`, the default, also takes the service's. */
  assurance: optional(oneOf(['pipeline', 'service'])),
  /** Stages that must have been attested before. */
  after: optional(distinctArray(stageName, { min: 1, max: CONTRACT_STAGES_MAX })),
  /** Whether every attestation of the stage must satisfy it (the default), or the newest alone. */
  count: optional(oneOf(['all', 'latest'])),
  /** What the stage is about: the image, which is the default, or the commit that it comes from. */
  on: optional(oneOf(['image', 'source'])),
  /** How many different people must be behind what is looked at; with `count: latest` the newest of each of them is. */
  threshold: optional(integer({ min: 1, max: CONTRACT_THRESHOLD_MAX })),
  /** Stages whose people do not count for this one. */
  distinctFrom: optional(distinctArray(stageName, { min: 1, max: CONTRACT_STAGES_MAX })),
  /** Those who had the image signed do not count for this stage. */
  distinctFromBuilder: optional(literal(true)),
  /** How long ago the stage may have been attested, at the time of evaluation. */
  maxAge: optional(duration),
  /** What must be true of each attestation that is looked at. */
  rules: optional(array(ruleReader, { min: 1, max: RULES_MAX })),
});

const contractReader = object({
  contract: stageName,
  title: optional(scopeTitle),
  repositories: distinctArray(string({ max: 255, pattern: REPOSITORY_GLOB }), { min: 1, max: CONTRACT_GLOBS_MAX }),
  /** Other repositories, each by its exact name: what they know of the same image counts for this contract, too. */
  from: optional(distinctArray(string({ max: 255, pattern: REPOSITORY }), { min: 1, max: CONTRACT_FROM_MAX })),
  /** Stages of the contract: only what meets one of them sets a vulnerability aside by VEX; absent: whoever attests anything. */
  vexFrom: optional(distinctArray(stageName, { max: CONTRACT_STAGES_MAX })),
  stages: array(stageReader, { max: CONTRACT_STAGES_MAX }),
  limits: optional(limitsReader),
  /** What must be true of the image as a whole. */
  rules: optional(array(ruleReader, { min: 1, max: RULES_MAX })),
  runs: optional(contractRuns),
});

/** JSON Schema of a contract, as far as one can say it: names that refer to each other, and rules, only {@link readContract} checks. */
export const CONTRACT_SCHEMA: JsonObject = contractReader.schema ?? {};

/** A named expression. */
export type ContractRule = Decoded<typeof ruleReader>;
/** What a stage must bring. */
export type ContractStage = Decoded<typeof stageReader>;
/** What the images of some repositories must bring: a signature always, and every stage named. */
export type Contract = Decoded<typeof contractReader>;

/** Scheme and rest, without spaces (RFC 3986 section 4.3, loosely). A short name would never match anything. */
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/;

/**
 * A contract from its JSON value. Faults: `contract/malformed` with the cause, `contract/duplicate-stage`, `contract/unknown-predicate-type`,
 * `contract/unknown-stage` (in `after`, `distinctFrom` and `vexFrom`), `contract/distinct-from-itself`, `contract/cyclic-order`,
 * `contract/duplicate-rule`, and those of {@link readRule}. Source: docs/spec/contract.md.
 */
export function readContract(value: Json): Result<Contract> {
  const contract = decode(contractReader, value);
  if (!contract.ok)
    return fail('contract/malformed', 'The document is not a contract.', contract.fault.at, contract.fault);
  const { stages } = contract.value;
  const fault =
    predicateTypeFault(stages) ??
    nameFault(stages) ??
    vexFault(contract.value) ??
    orderFault(stages) ??
    ruleFault(contract.value);
  return fault === undefined ? contract : { ok: false, fault };
}

/** A contract from canonical bytes, as the ledger holds it. */
export function parseContract(bytes: Uint8Array): Result<Contract> {
  const value = parseCanonicalJson(bytes);
  return value.ok
    ? readContract(value.value)
    : fail('contract/malformed', 'The document is not canonical JSON.', undefined, value.fault);
}

/** Canonical bytes of a contract. */
export function formatContract(contract: Contract): Uint8Array {
  return encodeUtf8(formatCanonicalJson(contract as unknown as Json));
}

function predicateTypeFault(stages: readonly ContractStage[]): Fault | undefined {
  for (const [index, { predicateTypes }] of stages.entries()) {
    const short = predicateTypes?.findIndex((type) => !ABSOLUTE_URI.test(type)) ?? -1;
    if (short < 0) continue;
    const at = `/stages/${index}/predicateTypes/${short}`;
    return { code: 'contract/unknown-predicate-type', message: 'A predicate type is a URI, spelled out.', at };
  }
  return undefined;
}

/** Stages are named once, and only stages of the contract are referred to. */
function nameFault(stages: readonly ContractStage[]): Fault | undefined {
  const names = new Set<string>();
  for (const [index, { stage }] of stages.entries()) {
    const message = `The stage ${stage} stands twice.`;
    if (names.has(stage)) return { code: 'contract/duplicate-stage', message, at: `/stages/${index}/stage` };
    names.add(stage);
  }
  for (const [index, { stage, after = [], distinctFrom = [] }] of stages.entries()) {
    for (const [member, others] of Object.entries({ after, distinctFrom })) {
      const place = others.findIndex((name) => !names.has(name));
      const message = `${stage} names ${others[place]}, which is no stage here.`;
      if (place >= 0) return { code: 'contract/unknown-stage', message, at: `/stages/${index}/${member}/${place}` };
    }
    const itself = distinctFrom.indexOf(stage);
    const message = `Nobody behind ${stage} is distinct from themselves.`;
    const at = `/stages/${index}/distinctFrom/${itself}`;
    if (itself >= 0) return { code: 'contract/distinct-from-itself', message, at };
  }
  return undefined;
}

/** Only stages of the contract say whose VEX counts. */
function vexFault({ vexFrom = [], stages }: Contract): Fault | undefined {
  const names = new Set(stages.map(({ stage }) => stage));
  const place = vexFrom.findIndex((name) => !names.has(name));
  if (place < 0) return undefined;
  const message = `vexFrom names ${vexFrom[place]}, which is no stage here.`;
  return { code: 'contract/unknown-stage', message, at: `/vexFrom/${place}` };
}

/** Every rule of a contract with its place in the document and the names that it has values for: its own first. */
export function rulesOf({ rules = [], stages }: Contract): readonly PlacedRule[] {
  const placed = (of: readonly ContractRule[], at: string, variables: PlacedRule['variables']) =>
    of.map((rule, place): PlacedRule => ({ rule, at: `${at}/rules/${place}`, variables }));
  return [
    ...placed(rules, '', CONTRACT_VARIABLES),
    ...stages.flatMap((stage, index) => placed(stage.rules ?? [], `/stages/${index}`, STAGE_VARIABLES)),
  ];
}

type PlacedRule = { readonly rule: ContractRule; readonly at: string; readonly variables: readonly string[] };

/** Rules are named once in a contract, and every one reads. */
function ruleFault(contract: Contract): Fault | undefined {
  const names = new Set<string>();
  for (const { rule: one, at, variables } of rulesOf(contract)) {
    const { rule, expression } = one;
    if (names.has(rule)) {
      return { code: 'contract/duplicate-rule', message: `The rule ${rule} stands twice.`, at: `${at}/rule` };
    }
    names.add(rule);
    const read = readRule(expression, variables);
    if (read.ok) continue;
    const { code, message, at: character } = read.fault;
    const where = `${message} (rule ${rule}, character ${Number(character) + 1})`;
    return { code, message: where, at: `${at}/expression`, cause: read.fault };
  }
  return undefined;
}

function orderFault(stages: readonly ContractStage[]): Fault | undefined {
  if (!isCyclic(stages)) return undefined;
  return { code: 'contract/cyclic-order', message: 'The stages come after each other in a circle.', at: '/stages' };
}

/** Takes away stages whose predecessors are gone until nothing moves; what remains goes in a circle. */
function isCyclic(stages: readonly ContractStage[]): boolean {
  let left = stages;
  for (;;) {
    const names = new Set(left.map(({ stage }) => stage));
    const blocked = left.filter(({ after }) => after?.some((name) => names.has(name)) === true);
    if (blocked.length === left.length) return left.length > 0;
    left = blocked;
  }
}
