import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareContracts } from '../../src/core/contract/compare-contracts.ts';
import { type Contract, readContract } from '../../src/core/contract/contract.ts';
import type { Json } from '../../src/core/encoding/json.ts';

const ID = 'd4'.repeat(32);
const COUNTING = {
  rule: 'counting',
  expression: 'facts.vulnerabilities.high <= 3 && (has(facts.vex) || facts.vulnerabilities.total == 0)',
};
const ASIDE = { rule: 'aside', expression: 'facts.vulnerabilities.suppressed == 0' };

/** What is said of each change of whose VEX counts, and of the same change backwards. */
const SAID: readonly (readonly [title: string, before: object, after: object, there: string, back: string])[] = [
  [
    'VEX of one stage alone',
    { stages: [{ stage: 'a' }] },
    { stages: [{ stage: 'a' }], vexFrom: ['a'] },
    'tightened vexFrom →a',
    'loosened vexFrom a→',
  ],
  [
    'VEX of nobody',
    { rules: [COUNTING] },
    { rules: [COUNTING], vexFrom: [] },
    'tightened vexFrom →',
    'loosened vexFrom →',
  ],
  [
    'VEX of a stage less, with a rule that bounds findings',
    { stages: [{ stage: 'a' }, { stage: 'b' }], vexFrom: ['b', 'a'], rules: [COUNTING] },
    { stages: [{ stage: 'a' }, { stage: 'b' }], vexFrom: ['b'], rules: [COUNTING] },
    'tightened vexFrom a→',
    'loosened vexFrom →a',
  ],
  [
    'VEX of nobody, with a rule that asks what was set aside',
    { rules: [ASIDE] },
    { rules: [ASIDE], vexFrom: [] },
    'unclear vexFrom →',
    'unclear vexFrom →',
  ],
  [
    'other signers of a stage whose VEX counts, with such a rule',
    { stages: [{ stage: 'a' }], vexFrom: ['a'], rules: [ASIDE] },
    { stages: [{ stage: 'a', signers: [ID] }], vexFrom: ['a'], rules: [ASIDE] },
    `unclear signers a →${ID}`,
    `unclear signers a ${ID}→`,
  ],
];

function contract(members: object): Contract {
  const read = readContract({ contract: 'shop', repositories: ['shop/*'], stages: [], ...members } as Json);
  assert(read.ok, JSON.stringify(read));
  return read.value;
}

function changes(before: object, after: object): readonly string[] {
  return compareContracts(contract(before), contract(after)).map(
    ({ direction, member, stage = '', before: was = '', after: is = '' }) =>
      [direction, member, stage, `${String(was)}→${String(is)}`].filter((word) => word !== '').join(' '),
  );
}

for (const [title, before, after, there, back] of SAID) {
  test(`says what it does, there and back: ${title}`, () => {
    assert.deepEqual(changes(before, after), [there]);
    assert.deepEqual(changes(after, before), [back]);
    assert.deepEqual(changes(after, after), []);
  });
}
