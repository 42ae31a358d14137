import { globContains } from '../trust/scope.ts';
import { compareRules } from './compare-rules.ts';
import { compareStages } from './compare-stages.ts';
import { type Contract, rulesOf } from './contract.ts';
import { type ContractChange, compareAllowed, compareAsked, compareMember, moreLoosens } from './contract-change.ts';
import { bearsMoreFindings } from './rules/counts-findings.ts';

/**
 * Everything that `after` says otherwise than `before`, each with what it does to the images that are judged. Where nothing is
 * loosened or unclear, whatever passes under `after` would have passed under `before`. Source: docs/spec/contract.md §5.
 */
export function compareContracts(before: Contract, after: Contract): readonly ContractChange[] {
  const neutral = () => 'neutral' as const;
  return [
    ...compareMember('contract', before.contract, after.contract, neutral),
    ...compareMember('title', before.title, after.title, neutral).map((change) => ({
      ...change,
      direction: 'neutral' as const,
    })),
    ...compareRepositories(before, after),
    ...compareFrom(before, after),
    ...compareVexFrom(before, after),
    ...compareStages(before.stages, after.stages).map((change) => ofWhoseVex(change, before, after)),
    ...compareLimits(before, after),
    ...compareRules(before.rules, after.rules),
    ...compareRuns(before, after),
  ];
}

/** What a contract covers it judges: more repositories are stricter. */
function compareRepositories(before: Contract, after: Contract): readonly ContractChange[] {
  return compareAllowed('repositories', after.repositories, before.repositories, globContains).map(
    ({ before: gone, after: added, ...change }) => ({
      ...change,
      ...(added === undefined ? {} : { before: added }),
      ...(gone === undefined ? {} : { after: gone }),
    }),
  );
}

/** What counts more lets more pass; what counts no more may be what spoke against an image. */
function compareFrom({ from: before = [] }: Contract, { from: after = [] }: Contract): readonly ContractChange[] {
  return compareAsked('from', before, after).map((change) => ({
    ...change,
    direction: change.after === undefined ? 'unclear' : 'loosened',
  }));
}

/**
 * Where fewer may set vulnerabilities aside more count, here and in the image before: stricter, unless a rule does more than
 * bound their numbers.
 */
function compareVexFrom(before: Contract, after: Contract): readonly ContractChange[] {
  const changes = compareAllowed('vexFrom', before.vexFrom, after.vexFrom);
  return isPlain(before, after) ? changes : changes.map((change) => ({ ...change, direction: 'unclear' }));
}

/** What a stage in `vexFrom` asks of an attestation is asked of its VEX, too. */
function ofWhoseVex(change: ContractChange, before: Contract, after: Contract): ContractChange {
  const { stage = '', member, direction } = change;
  const isAsked = OF_ATTESTATIONS.includes(member) && direction !== 'neutral';
  const isNamed = [before, after].some(({ vexFrom }) => vexFrom?.includes(stage) === true);
  return isAsked && isNamed && !isPlain(before, after) ? { ...change, direction: 'unclear' } : change;
}

const OF_ATTESTATIONS: readonly string[] = ['predicateTypes', 'signers', 'assurance'];

function isPlain(before: Contract, after: Contract): boolean {
  return [...rulesOf(before), ...rulesOf(after)].every(({ rule }) => bearsMoreFindings(rule.expression));
}

function compareLimits({ limits: before = {} }: Contract, { limits: after = {} }: Contract): readonly ContractChange[] {
  return [
    ...compareMember('imageBytesMax', before.imageBytesMax, after.imageBytesMax, moreLoosens),
    ...compareMember('layersMax', before.layersMax, after.layersMax, moreLoosens),
    ...compareMember('componentsMax', before.componentsMax, after.componentsMax, moreLoosens),
    ...compareAllowed('baseImages', before.baseImages, after.baseImages, coversBase),
  ];
}

/** Spelled like a digest, which no element that ends with `*` stands for. */
const DIGEST = /^[a-z0-9+._-]+:[0-9a-f]{32,}$/;

/** An element that ends with `*` stands for every name that begins with the rest. */
function coversBase(wider: string, text: string): boolean {
  return wider === text || (wider.endsWith('*') && text.startsWith(wider.slice(0, -1)) && !DIGEST.test(text));
}

function compareRuns({ runs: before }: Contract, { runs: after }: Contract): readonly ContractChange[] {
  const required = (runs: Contract['runs']) => (runs?.required === true ? true : undefined);
  return [
    ...compareMember('runs.required', required(before), required(after), () => 'neutral'),
    ...compareMember('runs.attemptsMax', before?.attemptsMax, after?.attemptsMax, moreLoosens),
    ...compareMember('runs.failedAttemptsMax', before?.failedAttemptsMax, after?.failedAttemptsMax, moreLoosens),
  ];
}
