import { CONTRACT_SCHEMA } from '../core/contract/contract.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/encoding/json.ts';
import { PREDICATE_TYPES } from '../core/statement/predicate-types.ts';
import { CASES_SCHEMA } from './cases/contract-case.ts';

/** The line by which editors find the schema that lies beside a contract. */
export const SCHEMA_LINE = '# yaml-language-server: $schema=contract.schema.json';

const DRAFT = 'http://json-schema.org/draft-07/schema#';
const RULES = 'Expressions in CEL that must come to true';

/** What an editor shows of each member; `[]` stands for an element. The names are those of the schema, each and no other. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  contract: 'Name. A document under the name of one that is published is its next version.',
  title: 'For people.',
  repositories: 'What it applies to: exact names, prefix/*, or *. Every contract that matches an image must pass.',
  from: 'Other repositories, by exact name: what was signed and attested there of the same image counts, too.',
  vexFrom:
    'Stages whose attestations set vulnerabilities aside by VEX. Empty: none. Absent: every attestation of the image.',
  stages: 'Stages that must have been attested. A signature on the image is always asked for.',
  'stages[].stage': 'Name of the stage, as in waybill attest --stage.',
  'stages[].predicateTypes': 'Types of documents that count, as URIs. Absent: any.',
  'stages[].signers':
    'Ids of signers that count, as waybill signer list shows them. Absent: any that may attest the stage.',
  'stages[].assurance':
    'pipeline: only the pipeline’s own key counts. service, the default: also what the service signed for a caller.',
  'stages[].after': 'Stages that must have been attested before.',
  'stages[].count': 'all, the default: every attestation of the stage must hold. latest: the newest alone.',
  'stages[].on': 'image, the default: attestations of the image. source: those of the commit that its run was for.',
  'stages[].threshold':
    'How many different people must be behind the stage. Principals without a person count for nobody.',
  'stages[].distinctFrom': 'Stages whose people do not count for this one.',
  'stages[].distinctFromBuilder': 'Those who had the image signed do not count for this stage.',
  'stages[].maxAge': 'How long ago the stage may have been attested: a number and s, m, h or d, such as 7d.',
  'stages[].rules': `${RULES} for each attestation of the stage, over predicate, attestation, image, facts and previous.`,
  'stages[].rules[].rule': 'Name, once in a contract. Waivers and reasons call it by that.',
  'stages[].rules[].title': 'For people.',
  'stages[].rules[].expression':
    'Such as predicate.runDetails.builder.id == "https://builds.example.com". Language: docs/spec/rules.md.',
  limits: 'Limits of the image, by the facts of it.',
  'limits.imageBytesMax': 'Bytes of config and layers, as they are transported.',
  'limits.layersMax': 'Layers.',
  'limits.componentsMax': 'Components that its bills of materials list.',
  'limits.baseImages': 'Images that it may be built upon: digests, names, or beginnings of names with * at their end.',
  rules: `${RULES} for the image as a whole, over image, facts, and previous: what was released before.`,
  'rules[].rule': 'Name, once in a contract. Waivers and reasons call it by that.',
  'rules[].title': 'For people.',
  'rules[].expression':
    'Such as facts.vulnerabilities.critical == 0. Language: docs/spec/rules.md; facts: docs/spec/facts.md.',
  runs: 'What is asked of the run that the image comes from.',
  'runs.required':
    'Whether it must come from a run that closed as succeeded, with every stage that the run was opened for.',
  'runs.attemptsMax': 'Which attempt at its commit that run may be at most.',
  'runs.failedAttemptsMax': 'How many attempts before it may have ended otherwise than as succeeded.',
};

/**
 * JSON Schema (draft 7, which editors read) of a contract, out of the readers that the service reads it by. It accepts every
 * contract; what it cannot say, such as that `after` names a stage of the contract, `waybill contract lint` does.
 */
export function contractSchema(): JsonObject {
  return {
    $schema: DRAFT,
    title: 'Waybill contract',
    description:
      'What the images of a set of repositories must show. docs/spec/contract.md says what each member means.',
    ...withDescriptions(CONTRACT_SCHEMA, ''),
  };
}

/** The same of a file of cases that `waybill contract test` holds a contract against. */
export function casesSchema(): JsonObject {
  return {
    $schema: DRAFT,
    title: 'Cases of a Waybill contract',
    description:
      'What images have, and which verdict a contract is to come to. docs/guides/contracts.md says what each member means.',
    ...CASES_SCHEMA,
  };
}

/** The file, as it lies beside the contracts that teach. */
export function formatSchema(schema: JsonObject): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** The members of the schema by their paths, as they are described: `stages[].rules[].rule`. */
function withDescriptions(schema: JsonObject, path: string): JsonObject {
  const { properties, items } = schema;
  const described = path === '' ? {} : { description: DESCRIPTIONS[path] ?? '' };
  if (isJsonObject(properties)) {
    const prefix = path === '' ? '' : `${path}.`;
    const members = Object.entries(properties).map(([name, member]): [string, Json] => [
      name,
      withDescriptions(member as JsonObject, `${prefix}${name}`),
    ]);
    return { ...schema, ...described, properties: Object.fromEntries(members) };
  }
  if (!isJsonObject(items)) return { ...schema, ...described };
  const suggested = path === 'stages[].predicateTypes' ? { examples: PREDICATE_TYPES.map(({ uri }) => uri) } : {};
  return { ...schema, ...described, items: { ...elements(items, path), ...suggested } };
}

/** An element has no description of its own: its list says what it is. */
function elements(items: JsonObject, path: string): JsonObject {
  const { description: _, ...element } = withDescriptions(items, `${path}[]`);
  return element;
}

/** Paths that are described, for the test that each is one of the schema. */
export const DESCRIBED_MEMBERS: readonly string[] = Object.keys(DESCRIPTIONS);
