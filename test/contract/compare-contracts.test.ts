import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareContracts } from '../../src/core/contract/compare-contracts.ts';
import { type Contract, readContract } from '../../src/core/contract/contract.ts';
import type { Direction } from '../../src/core/contract/contract-change.ts';
import { evaluateContract } from '../../src/core/contract/evaluate-contract.ts';
import type { Situation } from '../../src/core/contract/evaluated.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { PAIRS, SITUATIONS } from './random-contracts.ts';

const ID = 'd4'.repeat(32);

function contract(members: object): Contract {
  const read = readContract({ contract: 'shop', repositories: ['shop/*'], stages: [], ...members } as Json);
  assert(read.ok, JSON.stringify(read));
  return read.value;
}

/** Each change as `direction member stage rule before→after`. */
function changes(before: object, after: object): readonly string[] {
  return compareContracts(contract(before), contract(after)).map((change) =>
    [
      change.direction,
      change.member,
      change.stage,
      change.rule,
      change.before === undefined && change.after === undefined
        ? undefined
        : `${JSON.stringify(change.before) ?? ''}→${JSON.stringify(change.after) ?? ''}`,
    ]
      .filter((word) => word !== undefined)
      .join(' ')
      .replaceAll('"', ''),
  );
}

const stage = (members: object) => ({ stages: [{ stage: 'a' }, { stage: 'b', ...members }] });

/** What is said of each change, and of the same change backwards. */
const SAID: readonly (readonly [title: string, before: object, after: object, there: string, back: string])[] = [
  [
    'a repository more',
    {},
    { repositories: ['shop/*', 'web'] },
    'tightened repositories →web',
    'loosened repositories web→',
  ],
  [
    'a repository that was covered before',
    {},
    { repositories: ['shop/*', 'shop/api'] },
    'neutral repositories →shop/api',
    'neutral repositories shop/api→',
  ],
  [
    'a repository more that images are taken from',
    { from: ['shop/a'] },
    { from: ['shop/a', 'shop/b'] },
    'loosened from →shop/b',
    'unclear from shop/b→',
  ],
  ['a stage', { stages: [{ stage: 'a' }] }, stage({}), 'tightened stage b →b', 'loosened stage b b→'],
  [
    'a type more',
    stage({ predicateTypes: ['urn:a'] }),
    stage({ predicateTypes: ['urn:a', 'urn:b'] }),
    'loosened predicateTypes b →urn:b',
    'tightened predicateTypes b urn:b→',
  ],
  [
    'any type',
    stage({ predicateTypes: ['urn:a'] }),
    stage({}),
    'loosened predicateTypes b [urn:a]→',
    'tightened predicateTypes b →[urn:a]',
  ],
  ['any signer', stage({ signers: [ID] }), stage({}), `loosened signers b [${ID}]→`, `tightened signers b →[${ID}]`],
  [
    'the service’s key',
    stage({ assurance: 'pipeline' }),
    stage({ assurance: 'service' }),
    'loosened assurance b pipeline→',
    'tightened assurance b →pipeline',
  ],
  ['an order', stage({ after: ['a'] }), stage({}), 'loosened after b a→', 'tightened after b →a'],
  [
    'the newest alone',
    stage({}),
    stage({ count: 'latest' }),
    'loosened count b all→latest',
    'tightened count b latest→all',
  ],
  ['of a commit', stage({}), stage({ on: 'source' }), 'unclear on b image→source', 'unclear on b source→image'],
  [
    'one person less',
    stage({ threshold: 3 }),
    stage({ threshold: 2 }),
    'loosened threshold b 3→2',
    'tightened threshold b 2→3',
  ],
  ['no people', stage({ threshold: 1 }), stage({}), 'loosened threshold b 1→', 'tightened threshold b →1'],
  [
    'the same people',
    stage({ distinctFrom: ['a'] }),
    stage({}),
    'loosened distinctFrom b a→',
    'tightened distinctFrom b →a',
  ],
  [
    'the builder',
    stage({ distinctFromBuilder: true }),
    stage({}),
    'loosened distinctFromBuilder b true→',
    'tightened distinctFromBuilder b →true',
  ],
  [
    'an older result',
    stage({ maxAge: '7d' }),
    stage({ maxAge: '8d' }),
    'loosened maxAge b 7d→8d',
    'tightened maxAge b 8d→7d',
  ],
  [
    'the same age, spelled otherwise',
    stage({ maxAge: '24h' }),
    stage({ maxAge: '1d' }),
    'neutral maxAge b 24h→1d',
    'neutral maxAge b 1d→24h',
  ],
  [
    'a larger image',
    { limits: { layersMax: 3 } },
    { limits: { layersMax: 4 } },
    'loosened layersMax 3→4',
    'tightened layersMax 4→3',
  ],
  ['no limit', { limits: { imageBytesMax: 3 } }, {}, 'loosened imageBytesMax 3→', 'tightened imageBytesMax →3'],
  [
    'another base',
    { limits: { baseImages: ['a/*'] } },
    { limits: { baseImages: ['a/*', 'b'] } },
    'loosened baseImages →b',
    'tightened baseImages b→',
  ],
  [
    'a base that was allowed',
    { limits: { baseImages: ['a/*'] } },
    { limits: { baseImages: ['a/*', 'a/b'] } },
    'neutral baseImages →a/b',
    'neutral baseImages a/b→',
  ],
  [
    'a digest is none of the names',
    { limits: { baseImages: ['s*'] } },
    { limits: { baseImages: ['s*', `sha256:${ID}`] } },
    `loosened baseImages →sha256:${ID}`,
    `tightened baseImages sha256:${ID}→`,
  ],
  [
    'a rule',
    { rules: [{ rule: 'r', expression: 'facts.tests.failed == 0' }] },
    {},
    'loosened rule r facts.tests.failed == 0→',
    'tightened rule r →facts.tests.failed == 0',
  ],
  [
    'another expression',
    stage({ rules: [{ rule: 'r', expression: 'predicate.a' }] }),
    stage({ rules: [{ rule: 'r', expression: 'predicate.b' }] }),
    'unclear rule b r predicate.a→predicate.b',
    'unclear rule b r predicate.b→predicate.a',
  ],
  [
    'no run',
    { runs: { required: true } },
    { runs: { required: false } },
    'loosened runs.required true→',
    'tightened runs.required →true',
  ],
  [
    'more attempts',
    { runs: { required: true, attemptsMax: 1 } },
    { runs: { required: true, attemptsMax: 2 } },
    'loosened runs.attemptsMax 1→2',
    'tightened runs.attemptsMax 2→1',
  ],
  [
    'more failures',
    { runs: { required: true, failedAttemptsMax: 0 } },
    { runs: { required: true } },
    'loosened runs.failedAttemptsMax 0→',
    'tightened runs.failedAttemptsMax →0',
  ],
  ['a title', {}, { title: 'x' }, 'neutral title →x', 'neutral title x→'],
];

for (const [title, before, after, there, back] of SAID) {
  test(`says what it does, there and back: ${title}`, () => {
    assert.deepEqual(changes(before, after), [there]);
    assert.deepEqual(changes(after, before), [back]);
    assert.deepEqual(changes(before, before), []);
    assert.deepEqual(changes(after, after), []);
  });
}

test('a rule under another name asks for the same', () => {
  const rules = (rule: string) => ({ rules: [{ rule, expression: 'image.repository != ""' }] });
  assert.deepEqual(
    compareContracts(contract(rules('x')), contract(rules('y'))).map(({ direction }) => direction),
    ['neutral', 'neutral'],
  );
});

test('where others follow a stage, more of it that counts may let them pass', () => {
  const of = (count: 'all' | 'latest') => ({
    stages: [
      { stage: 'a', count },
      { stage: 'b', after: ['a'] },
    ],
  });
  assert.deepEqual(changes(of('latest'), of('all')), ['unclear count a latest→all']);
  assert.deepEqual(changes(of('all'), of('latest')), ['unclear count a all→latest']);
});

test('where people are told apart, more who count may let it pass', () => {
  const of = (count: 'all' | 'latest') => stage({ count, distinctFrom: ['a'] });
  assert.deepEqual(changes(of('latest'), of('all')), ['unclear count b latest→all']);
  const people = (threshold: object) => stage({ count: 'latest', distinctFromBuilder: true, ...threshold });
  assert.deepEqual(changes(people({}), people({ threshold: 1 })), ['unclear threshold b →1']);
});

function passes(one: Contract, situation: Omit<Situation, 'contract' | 'purse'>): boolean {
  const findings = evaluateContract({ ...situation, contract: one, purse: { left: 1_000_000 } });
  return findings.every(({ reason }) => reason === undefined);
}

function directionsOf(before: Contract, after: Contract): ReadonlySet<Direction> {
  return new Set(compareContracts(before, after).map(({ direction }) => direction));
}

test('where nothing is loosened or unclear, whatever passes afterwards would have passed before', () => {
  const seen = { compared: 0, passed: 0 };
  fc.assert(
    fc.property(PAIRS, fc.array(SITUATIONS, { minLength: 12, maxLength: 12 }), ([before, after], situations) => {
      const directions = directionsOf(before, after);
      if (directions.has('loosened') || directions.has('unclear')) return;
      seen.compared += directions.has('tightened') ? 1 : 0;
      for (const situation of situations) {
        if (!passes(after, situation)) continue;
        seen.passed += 1;
        assert(passes(before, situation), JSON.stringify([before, after, situation]));
      }
    }),
    { numRuns: 1_000, seed: 7 },
  );
  assert(seen.compared > 100 && seen.passed > 300, JSON.stringify(seen));
});

test('where nothing is tightened or unclear, whatever passed before passes afterwards', () => {
  let passed = 0;
  fc.assert(
    fc.property(PAIRS, fc.array(SITUATIONS, { minLength: 12, maxLength: 12 }), ([before, after], situations) => {
      const directions = directionsOf(before, after);
      if (directions.has('tightened') || directions.has('unclear')) return;
      for (const situation of situations) {
        if (!passes(before, situation)) continue;
        passed += 1;
        assert(passes(after, situation), JSON.stringify([before, after, situation]));
      }
    }),
    { numRuns: 1_000, seed: 9 },
  );
  assert(passed > 300, `${passed}`);
});
