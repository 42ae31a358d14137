import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContractStage } from '../../src/core/contract/contract.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';
import { attest, CONTRACT, grant, openedLedger, publish, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, trustOf, verify } from './verify-under-test.ts';

const REVIEW = { stage: 'review', threshold: 2 } as const;

function reviewedLedger(stage: ContractStage = REVIEW): LedgerUnderTest {
  const ledger = openedLedger();
  grant(ledger, 'ana-laptop', 'pipeline', { person: 'ana' });
  grant(ledger, 'ana-phone', 'pipeline', { person: 'ana' });
  grant(ledger, 'ben', 'pipeline', { person: 'ben' });
  publish(ledger, { ...CONTRACT, stages: [stage] });
  sign(ledger);
  return ledger;
}

/** A review with a statement of its own. */
function review(ledger: LedgerUnderTest, by: string): number {
  return attest(ledger, { stage: 'review', by, note: `${by} ${ledger.size}` });
}

test('two people by two principals are two', () => {
  const ledger = reviewedLedger();
  review(ledger, 'ana-laptop');
  review(ledger, 'ben');
  assertPasses(verify(ledger));
});

test('two principals of one person are one (contract/too-few-people)', () => {
  const ledger = reviewedLedger();
  review(ledger, 'ana-laptop');
  review(ledger, 'ana-phone');
  const found = assertFound(verify(ledger), 'fail', 'contract/threshold', 'contract/too-few-people');
  assert.deepEqual([found.stage, found.detail, found.seq], ['review', '1/2', undefined]);
});

test('the person is the one of the grant in force then, not of one before or after (contract/person-unknown)', () => {
  const ledger = reviewedLedger();
  review(ledger, 'ana-laptop');
  grant(ledger, 'ben', 'pipeline', { repositories: ['shop/*'] });
  review(ledger, 'ben');
  grant(ledger, 'ben', 'pipeline', { person: 'ben' });
  assertFound(verify(ledger), 'fail', 'contract/threshold', 'contract/person-unknown');
  review(ledger, 'ben');
  assertPasses(verify(ledger));
});

test('a principal that changes hands is another person from then on', () => {
  const ledger = reviewedLedger();
  review(ledger, 'ben');
  grant(ledger, 'ben', 'pipeline', { person: 'cem' });
  review(ledger, 'ben');
  assertPasses(verify(ledger));
});

test('a person whose role was taken away later still counts for what they did', () => {
  const ledger = reviewedLedger();
  review(ledger, 'ana-laptop');
  review(ledger, 'ben');
  ledger.append({ kind: 'principal.revoked', principal: 'bootstrap-admin', body: { principal: 'ben' } });
  assertPasses(verify(ledger));
});

test('an envelope that somebody else posts again is still of whom posted it first (contract/too-few-people)', () => {
  const ledger = reviewedLedger();
  attest(ledger, { stage: 'review', by: 'ana-laptop' });
  attest(ledger, { stage: 'review', by: 'ben', form: 'bundle' });
  assertFound(verify(ledger), 'fail', 'contract/threshold', 'contract/too-few-people');
});

test('who had the image signed counts for nothing where the contract says so (contract/same-person, contract/person-unknown)', () => {
  const ledger = reviewedLedger({ stage: 'review', distinctFromBuilder: true });
  review(ledger, 'ben');
  assertFound(verify(ledger), 'fail', 'contract/people', 'contract/person-unknown');
  const named = openedLedger();
  grant(named, 'shop-ci', 'pipeline', { person: 'ben' });
  grant(named, 'ben', 'pipeline', { person: 'ben' });
  grant(named, 'ana', 'pipeline', { person: 'ana' });
  publish(named, { ...CONTRACT, stages: [{ stage: 'review', distinctFromBuilder: true }] });
  sign(named);
  review(named, 'ben');
  assertFound(verify(named), 'fail', 'contract/people', 'contract/same-person');
  review(named, 'ana');
  assertPasses(verify(named));
});

test('an age counts at the time of evaluation, and ends when validUntil says, the earliest of all (contract/stale)', () => {
  const ledger = reviewedLedger({ stage: 'review', maxAge: '1h' });
  const seq = review(ledger, 'ben');
  const end = (parseTime(ledger.entry(seq).time) ?? 0) + 3_600_000;
  const at = (milliseconds: number) => verify(ledger, { evaluatedAt: formatTime(milliseconds) });
  assertPasses(at(end));
  assert.equal(at(end - 1).validUntil, formatTime(end));
  assertFound(at(end + 1), 'fail', 'contract/freshness', 'contract/stale');
  assert.equal(at(end + 1).validUntil, undefined);
  for (const [seconds, until] of [
    [60, formatTime((parseTime(ledger.time) ?? 0) + 60_000)],
    [100_000, formatTime(end)],
  ] as const) {
    const trust = trustOf(ledger, { checkpointAgeMaxSeconds: seconds });
    assert.equal(verify(ledger, { trust }).validUntil, until);
  }
});
