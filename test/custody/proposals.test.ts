import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract } from '../../src/core/contract/contract.ts';
import type { Check } from '../../src/core/custody/check.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { type CustodyResult, verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { CONTRACT, custodyLedger, openedLedger, publish, QUESTION, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { trustOf, verify } from './verify-under-test.ts';

/** What custody would say if the contract was published next. */
function propose(ledger: LedgerUnderTest, proposal: Contract): CustodyResult {
  const evidence = parseEvidence(ledger.evidenceBytes(QUESTION));
  assert(evidence.ok);
  return verifyCustody({
    evidence: evidence.value,
    question: QUESTION,
    trust: trustOf(ledger),
    evaluatedAt: ledger.time,
    proposal,
  });
}

const ofContracts = ({ checks }: CustodyResult): readonly Check[] =>
  checks.filter(({ code }) => code.startsWith('contract/'));

const [TEST, SCAN] = CONTRACT.stages;
assert(TEST !== undefined && SCAN !== undefined);

/** Proposals, each with whether it follows the version that the ledger begins with. */
const PROPOSALS: readonly (readonly [string, Contract])[] = [
  ['the same', CONTRACT],
  ['a stage more', { ...CONTRACT, stages: [...CONTRACT.stages, { stage: 'approve' }] }],
  ['a stage less', { ...CONTRACT, stages: [TEST] }],
  ['none', { ...CONTRACT, stages: [] }],
  ['another order', { ...CONTRACT, stages: [{ stage: 'test', after: ['scan'] }, { stage: 'scan' }] }],
  ['another repository', { ...CONTRACT, repositories: ['store/*'] }],
  ['a wider one', { ...CONTRACT, repositories: ['*'] }],
  ['another contract beside it', { contract: 'other', repositories: ['shop/api'], stages: [{ stage: 'approve' }] }],
];

for (const [title, proposal] of PROPOSALS) {
  test(`is judged as it would be once it was published: ${title}`, () => {
    for (const stages of [['test', 'scan'], ['test'], []] as const) {
      const ledger = () => custodyLedger({ stages });
      const foreseen = propose(ledger(), proposal);
      const published = ledger();
      // Ends with its commitment, as whatever evidence is made of does.
      const { size } = published;
      const follows = proposal.contract === CONTRACT.contract;
      const seq = publish(published, proposal, follows ? { version: 2, previous: CONTRACT.repositories } : {});
      assert.equal(seq, size);
      const result = verify(published);
      assert.equal(foreseen.verdict, result.verdict, `${stages}`);
      assert.deepEqual(ofContracts(foreseen), ofContracts(result));
      assert.deepEqual(
        foreseen.contracts.map(({ contract, version, sha256 }) => [contract, version, sha256]),
        result.contracts.map(({ contract, version, sha256 }) => [contract, version, sha256]),
      );
    }
  });
}

test('a first contract is judged where none covers the image', () => {
  const ledger = openedLedger();
  sign(ledger);
  assert.equal(verify(ledger).verdict, 'unjudged');
  assert.equal(propose(ledger, { ...CONTRACT, stages: [] }).verdict, 'pass');
  assert.equal(propose(ledger, CONTRACT).verdict, 'fail');
});

test('evidence that does not hold fails under any proposal, and what is in force stays untouched', () => {
  const ledger = custodyLedger();
  const evidence = parseEvidence(ledger.evidenceBytes(QUESTION, { without: [0] }));
  assert(evidence.ok);
  const asked = { evidence: evidence.value, question: QUESTION, trust: trustOf(ledger), evaluatedAt: ledger.time };
  assert.equal(verifyCustody({ ...asked, proposal: { ...CONTRACT, stages: [] } }).verdict, 'fail');
  propose(ledger, { ...CONTRACT, stages: [] });
  assert.equal(verify(ledger).verdict, 'pass');
});
