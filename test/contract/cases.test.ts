import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runContractCase } from './contract-case.ts';
import { contractCases } from './contract-cases.ts';

const CASES = contractCases();

for (const [file, cases] of CASES) {
  describe(file, () => {
    for (const { expected, ...one } of cases) test(one.name, () => assert.deepEqual(runContractCase(one), expected));
  });
}

test('the cases are many, and each has a name of its own', () => {
  const names = [...CASES].flatMap(([file, cases]) => cases.map(({ name }) => `${file}: ${name}`));
  assert.equal(new Set(names).size, names.length);
  assert(names.length >= 160, `${names.length} cases`);
});
