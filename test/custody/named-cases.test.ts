import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { caseInput } from './cases/custody-case.ts';
import { CUSTODY_CASES } from './cases/custody-cases.ts';
import { caseOutcome } from './cases/outcome.ts';

for (const [about, cases] of Object.entries(CUSTODY_CASES)) {
  describe(about, () => {
    for (const one of cases) test(one.name, () => assert.deepEqual(caseOutcome(caseInput(one)), one.expected));
    test('each has a name of its own', () => {
      assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
    });
  });
}
