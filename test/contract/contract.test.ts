import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatContract, parseContract, readContract } from '../../src/core/contract/contract.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { canonical } from '../entry/sample-entries.ts';

type Changeable = Record<string, Json>;

const SIGNER = 'd4'.repeat(32);
const FULL: Changeable = {
  contract: 'shop',
  title: 'Images of the shop',
  repositories: ['shop/*', 'shop/api', '*'],
  stages: [
    { stage: 'test', predicateTypes: ['https://waybill.dev/attestation/junit/v1'], count: 'latest', on: 'image' },
    { stage: 'scan', signers: [SIGNER], assurance: 'pipeline', after: ['test'] },
  ],
};

function codeOf(value: Json): string {
  const contract = readContract(value);
  return contract.ok ? 'read' : contract.fault.code;
}

function withStages(...stages: Changeable[]): string {
  return codeOf({ ...FULL, stages });
}

function after(...pairs: readonly (readonly [string, readonly string[]])[]): string {
  return withStages(...pairs.map(([stage, names]) => (names.length === 0 ? { stage } : { stage, after: names })));
}

describe('readContract', () => {
  test('reads every member, and the canonical bytes again', () => {
    const contract = readContract(FULL);
    assert(contract.ok);
    assert.deepEqual(contract.value, FULL);
    const again = parseContract(formatContract(contract.value));
    assert(again.ok);
    assert.deepEqual(again.value, contract.value);
  });
  test('reads a contract without stages, which still asks for a signature', () => {
    assert.equal(withStages(), 'read');
  });
  test('refuses bytes in any other spelling (contract/malformed)', () => {
    const pretty = parseContract(new TextEncoder().encode(JSON.stringify(FULL, null, 2)));
    assert(!pretty.ok && pretty.fault.code === 'contract/malformed');
    const unsorted = parseContract(new TextEncoder().encode(JSON.stringify(FULL)));
    assert(!unsorted.ok && unsorted.fault.code === 'contract/malformed');
  });
  for (const [what, value] of Object.entries({
    'an unknown member': { ...FULL, owner: 'x' },
    'no repository': { ...FULL, repositories: [] },
    'a repository twice': { ...FULL, repositories: ['a', 'a'] },
    'seventeen repositories': { ...FULL, repositories: Array.from({ length: 17 }, (_, index) => `r${index}`) },
    'a glob in the middle': { ...FULL, repositories: ['shop/*/api'] },
    'a glob of half a name': { ...FULL, repositories: ['shop*'] },
    'a repository in capitals': { ...FULL, repositories: ['Shop'] },
    'a name with a space': { ...FULL, contract: 'my shop' },
    'an empty title': { ...FULL, title: '' },
    'stages that are no list': { ...FULL, stages: {} },
    'sixty-five stages': { ...FULL, stages: Array.from({ length: 65 }, (_, index) => ({ stage: `s${index}` })) },
    'runs that do not say whether one is required': { ...FULL, runs: {} },
    'runs with another member': { ...FULL, runs: { required: true, outcome: 'failed' } },
    'no attempt at all': { ...FULL, runs: { required: true, attemptsMax: 0 } },
    'a thousand and one failures': { ...FULL, runs: { required: true, failedAttemptsMax: 1_001 } },
    'runs in a list': { ...FULL, runs: [] },
    'no object': ['shop'],
    nothing: null,
  } satisfies Record<string, Json>)) {
    test(`refuses ${what} (contract/malformed)`, () => {
      assert.equal(codeOf(value), 'contract/malformed');
    });
  }
  for (const [what, stage] of Object.entries({
    'an unknown member': { stage: 'test', optional: true },
    'an empty list of types': { stage: 'test', predicateTypes: [] },
    'a type twice': { stage: 'test', predicateTypes: ['urn:a', 'urn:a'] },
    'a signer twice': { stage: 'test', signers: [SIGNER, SIGNER] },
    'a signer in capitals': { stage: 'test', signers: [SIGNER.toUpperCase()] },
    'an assurance that nobody can give': { stage: 'test', assurance: 'any' },
    'a count of another kind': { stage: 'test', count: 'first' },
    'something that it cannot be on': { stage: 'test', on: 'commit' },
    'no name': { count: 'all' },
  } satisfies Record<string, Changeable>)) {
    test(`refuses a stage with ${what} (contract/malformed)`, () => {
      assert.equal(withStages(stage), 'contract/malformed');
    });
  }
  test('reads what is asked of runs, and stages of the commit', () => {
    for (const runs of [{ required: false }, { required: true, attemptsMax: 1, failedAttemptsMax: 0 }])
      assert.equal(codeOf({ ...FULL, runs }), 'read');
    assert.equal(withStages({ stage: 'test', on: 'source' }), 'read');
  });
  test('refuses a stage that stands twice (contract/duplicate-stage)', () => {
    assert.equal(withStages({ stage: 'test' }, { stage: 'test', count: 'latest' }), 'contract/duplicate-stage');
  });
  test('refuses to follow a stage that is not there (contract/unknown-stage)', () => {
    assert.equal(after(['scan', ['test']]), 'contract/unknown-stage');
  });
  test('refuses circles of one, two and three, and one beside a straight order (contract/cyclic-order)', () => {
    assert.equal(after(['a', ['a']]), 'contract/cyclic-order');
    assert.equal(after(['a', ['b']], ['b', ['a']]), 'contract/cyclic-order');
    assert.equal(after(['a', ['c']], ['b', ['a']], ['c', ['b']]), 'contract/cyclic-order');
    assert.equal(after(['x', []], ['y', ['x']], ['a', ['b', 'y']], ['b', ['a']]), 'contract/cyclic-order');
  });
  test('reads orders without a circle, whichever way they are written down', () => {
    assert.equal(after(['c', ['a', 'b']], ['b', ['a']], ['a', []]), 'read');
    assert.equal(after(['a', []], ['b', ['a']], ['c', ['a']], ['d', ['b', 'c']]), 'read');
  });
});

test('an order has a circle exactly when a walk along it comes back', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const edges = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 9 });
  fc.assert(
    fc.property(edges, (pairs) => {
      const follows = new Map(
        names.map((name) => [name, new Set(pairs.filter(([of]) => of === name).map(([, to]) => to))]),
      );
      const reach = (from: string, seen = new Set<string>()): Set<string> => {
        for (const to of follows.get(from) ?? []) if (!seen.has(to)) reach(to, seen.add(to));
        return seen;
      };
      const expected = names.some((name) => reach(name).has(name)) ? 'contract/cyclic-order' : 'read';
      assert.equal(after(...names.map((name) => [name, [...(follows.get(name) ?? [])]] as const)), expected);
    }),
    { numRuns: 400, seed: 3 },
  );
});

test('mutated bytes never make parseContract throw', () => {
  const bytes = canonical(FULL);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const mutated = bytes.slice();
        for (const [offset, byte] of changes) mutated[offset] = byte;
        parseContract(mutated);
      },
    ),
    { numRuns: 800, seed: 4 },
  );
});

test('a predicate type by a short name, which no statement would ever match, is refused (contract/unknown-predicate-type)', () => {
  for (const type of ['slsa-provenance', 'slsaprovenance1', 'https://a b', ''])
    assert.notEqual(withStages({ stage: 'build', predicateTypes: [type] }), 'read', type);
  assert.equal(withStages({ stage: 'build', predicateTypes: ['cyclonedx'] }), 'contract/unknown-predicate-type');
  assert.equal(withStages({ stage: 'load', predicateTypes: ['https://example.com/load-test/v1'] }), 'read');
});
