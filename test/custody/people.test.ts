import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContractStage } from '../../src/core/contract/contract.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';
import { imageSignatureStatement } from '../../src/core/statement/build-statement.ts';
import { parseStatement, type Statement } from '../../src/core/statement/statement.ts';
import { attest, CONTRACT, grant, IMAGE, openedLedger, publish, register, sign } from './custody-under-test.ts';
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

test('what somebody said of one stage is not their word on another, whoever copies it there (contract/person-unknown)', () => {
  const ledger = reviewedLedger();
  // Statements that name no place: their bytes are the same under every stage.
  attest(ledger, { stage: 'lint', by: 'ben', alter: withoutPlace });
  register(ledger, 'anas-own', { stages: ['review'] });
  attest(ledger, { stage: 'review', by: 'ana-laptop', key: 'anas-own', alter: withoutPlace });
  review(ledger, 'ana-phone');
  const found = assertFound(verify(ledger), 'fail', 'contract/threshold', 'contract/person-unknown');
  assert.equal(found.detail, '1/2');
  review(ledger, 'ben');
  assertPasses(verify(ledger));
});

/** A test by the key of `ana`, and a review that takes somebody else than whoever tested or built. */
function testedByAna(before: (ledger: LedgerUnderTest) => void): LedgerUnderTest {
  const ledger = openedLedger();
  grant(ledger, 'shop-ci', 'pipeline', { person: 'ana' });
  grant(ledger, 'ben', 'pipeline', { person: 'ben' });
  const review = { stage: 'review', distinctFrom: ['test'], distinctFromBuilder: true } as const;
  publish(ledger, { ...CONTRACT, stages: [{ stage: 'test' }, review] });
  before(ledger);
  sign(ledger);
  attest(ledger, { stage: 'test', alter: withoutPlace });
  return ledger;
}

test('nobody hides behind what another recorded of another stage (contract/person-unknown)', () => {
  const ledger = testedByAna((before) => attest(before, { stage: 'lint', by: 'ben', alter: withoutPlace }));
  review(ledger, 'shop-ci');
  assertFound(verify(ledger), 'fail', 'contract/people', 'contract/person-unknown');
});

test('who had the image signed is not hidden by an attestation with the bytes of the signature (contract/same-person)', () => {
  const ledger = testedByAna((before) => {
    const alter = () => parsedStatement(imageSignatureStatement(IMAGE));
    attest(before, { stage: 'lint', by: 'ben', type: 'cosign-sign', alter });
  });
  review(ledger, 'shop-ci');
  assertFound(verify(ledger), 'fail', 'contract/people', 'contract/same-person');
  review(ledger, 'ben');
  assertPasses(verify(ledger));
});

test('a stage is not earlier for what was recorded of another one (contract/stage-too-early), nor newer (contract/stale)', () => {
  const ledger = reviewedLedger({ stage: 'review', after: ['test'] });
  publish(
    ledger,
    { ...CONTRACT, stages: [{ stage: 'test' }, { stage: 'review', after: ['test'] }] },
    { version: 2, previous: CONTRACT.repositories },
  );
  attest(ledger, { stage: 'lint', alter: withoutPlace });
  review(ledger, 'ben');
  attest(ledger, { stage: 'test', alter: withoutPlace });
  assertFound(verify(ledger), 'fail', 'contract/order', 'contract/stage-too-early');
  const aged = reviewedLedger({ stage: 'review', maxAge: '1h' });
  const old = attest(aged, { stage: 'lint', alter: withoutPlace });
  attest(aged, { stage: 'review', alter: withoutPlace });
  const end = (parseTime(aged.entry(old).time) ?? 0) + 3_600_000;
  assertPasses(verify(aged, { evaluatedAt: formatTime(end) }));
  assertFound(verify(aged, { evaluatedAt: formatTime(end + 1) }), 'fail', 'contract/freshness', 'contract/stale');
});

/** The statement without annotations: it names no repository and no stage, and what it claims is the same everywhere. */
function withoutPlace(statement: Statement): Statement {
  const subject = statement.subject.map(({ annotations: _, ...rest }) => rest);
  return { ...statement, subject, predicate: {} };
}

function parsedStatement(bytes: Uint8Array): Statement {
  const read = parseStatement(bytes);
  assert(read.ok);
  return read.value;
}
