import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract } from '../../src/core/contract/contract.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { type PredicateTypeName, predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import type { Statement } from '../../src/core/statement/statement.ts';
import { attest, grant, openedLedger, publish, register, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, verify } from './verify-under-test.ts';

const COMMIT = 'c'.repeat(40);
const SCAN = {
  scanner: { result: [{ id: 'CVE-2026-1', severity: [{ method: 'nvd', score: 'critical' }] }] },
};
const VEX = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  statements: [{ vulnerability: { name: 'CVE-2026-1' }, status: 'not_affected' }],
};
const REVIEW = {
  change: { repository: 'https://git.example/shop/api', commit: COMMIT },
  authors: ['p-1'],
  reviews: [{ reviewer: 'p-2', decision: 'approved', commit: COMMIT }],
};
const BY_FACTS = { rule: 'nothing-critical', expression: 'facts.vulnerabilities.critical == 0' };

/** A scan found something critical; `linter` and its key may attest the stage `lint` alone. */
function scannedLedger(contract: Omit<Contract, 'contract' | 'repositories'>): LedgerUnderTest {
  const ledger = openedLedger();
  grant(ledger, 'linter', 'pipeline', { stages: ['lint'] });
  register(ledger, 'lint-key', { stages: ['lint'] });
  publish(ledger, { contract: 'shop', repositories: ['shop/*'], ...contract });
  sign(ledger);
  attest(ledger, { stage: 'scan', type: 'vulns', alter: (statement) => ({ ...statement, predicate: SCAN }) });
  return ledger;
}

function lint(ledger: LedgerUnderTest, type: PredicateTypeName, predicate: Json): void {
  const alter = (statement: Statement): Statement => ({ ...statement, predicate });
  attest(ledger, { stage: 'lint', by: 'linter', key: 'lint-key', type, alter });
}

test('facts are the word of whoever may attest any stage, also where they set aside what another stage found', () => {
  const ledger = scannedLedger({ stages: [{ stage: 'scan' }], rules: [BY_FACTS] });
  assertFound(verify(ledger), 'fail', 'contract/rule', 'contract/rule-violated');
  lint(ledger, 'openvex', VEX);
  assertPasses(verify(ledger));
  const approved = scannedLedger({
    stages: [],
    rules: [{ rule: 'approved', expression: 'facts.approvals.count >= 1' }],
  });
  assertFound(verify(approved), 'fail', 'contract/rule', 'contract/rule-missing-field');
  lint(approved, 'pull-request-review', REVIEW);
  assertPasses(verify(approved));
});

test('a rule of a stage over its own document, and one that nothing is set aside, take nobody else’s word', () => {
  const expression = 'predicate.scanner.result.all(one, one.severity.all(each, each.score != "critical"))';
  const predicateTypes = [predicateTypeUri('vulns')];
  for (const contract of [
    { stages: [{ stage: 'scan', predicateTypes, rules: [{ rule: 'nothing-critical', expression }] }] },
    {
      stages: [{ stage: 'scan' }],
      rules: [BY_FACTS, { rule: 'nothing-aside', expression: 'facts.vulnerabilities.suppressed == 0' }],
    },
  ]) {
    const ledger = scannedLedger(contract);
    lint(ledger, 'openvex', VEX);
    assertFound(verify(ledger), 'fail', 'contract/rule', 'contract/rule-violated');
  }
});

test('a document adds to what others found, and takes none of it away', () => {
  const ledger = scannedLedger({ stages: [], rules: [BY_FACTS] });
  lint(ledger, 'vulns', { scanner: { result: [] } });
  const found = assertFound(verify(ledger), 'fail', 'contract/rule', 'contract/rule-violated');
  assert.equal(found.detail, 'nothing-critical');
});
