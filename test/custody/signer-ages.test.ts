import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSignerDocument, parseSignerDocument, SIGNER_MEDIA_TYPE } from '../../src/core/trust/signer-document.ts';
import { attest, openedLedger, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { rotate } from './rotation-under-test.ts';
import { assertFound, findings, verify } from './verify-under-test.ts';

const REGISTERED = '2026-03-01T13:00:00.000Z';
const HOUR = 3_600;

/** The opened log with the image signed, and the key `aged` registered at a time of its own. */
function agedLedger(ages: { readonly ageSecondsWarn?: number; readonly ageSecondsMax?: number }): LedgerUnderTest {
  const ledger = openedLedger();
  sign(ledger);
  const { publicKey, signer } = ledger.key('aged');
  const bytes = formatSignerDocument({ key: publicKey, repositories: ['shop/*'], stages: ['*'], ...ages });
  ledger.append({
    kind: 'signer.registered',
    principal: 'bootstrap-admin',
    body: { signer, use: 'attest' },
    document: { mediaType: SIGNER_MEDIA_TYPE, bytes },
    time: REGISTERED,
  });
  return ledger;
}

function assertUnjudged(ledger: LedgerUnderTest, evaluatedAt?: string): void {
  const result = verify(ledger, evaluatedAt === undefined ? {} : { evaluatedAt });
  assert.deepEqual(findings(result), ['not-run contract/covers contract/none']);
}

test('a key counts until a millisecond before it is too old, and from then on not (signer/too-old)', () => {
  for (const [time, good] of [
    ['2026-03-01T13:59:59.999Z', true],
    ['2026-03-01T14:00:00.000Z', false],
    ['2026-03-01T14:00:00.001Z', false],
  ] as const) {
    const ledger = agedLedger({ ageSecondsMax: HOUR });
    attest(ledger, { key: 'aged', entry: { time } });
    if (good) assertUnjudged(ledger);
    else {
      const found = assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/too-old');
      assert.equal(found.detail, '2026-03-01T14:00:00.000Z');
    }
  }
});

test('what a key signed in time counts for ever, however old it is when somebody looks', () => {
  const ledger = agedLedger({ ageSecondsMax: HOUR });
  attest(ledger, { key: 'aged' });
  assertUnjudged(ledger, '2029-01-01T00:00:00.000Z');
  assert.equal(verify(ledger).validUntil, undefined);
});

test('a warning changes no verdict', () => {
  const ledger = agedLedger({ ageSecondsWarn: 1 });
  attest(ledger, { key: 'aged', entry: { time: '2027-03-01T14:00:00.000Z' } });
  assertUnjudged(ledger);
});

test('a successor is as old as its own rotation', () => {
  const ledger = agedLedger({ ageSecondsMax: HOUR });
  rotate(ledger, 'aged', 'next', { ageSecondsMax: HOUR, entry: { time: '2026-03-01T13:30:00.000Z' } });
  attest(ledger, { key: 'next', entry: { time: '2026-03-01T14:29:59.999Z' } });
  assertUnjudged(ledger);
  attest(ledger, { key: 'next', entry: { time: '2026-03-01T14:30:00.000Z' } });
  assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/too-old');
});

test('a successor may not grow older than the key before it (signer/wider-than-predecessor)', () => {
  for (const [ageSecondsMax, good] of [
    [HOUR, true],
    [1, true],
    [HOUR + 1, false],
    [undefined, false],
  ] as const) {
    const ledger = agedLedger({ ageSecondsMax: HOUR });
    rotate(ledger, 'aged', 'next', ageSecondsMax === undefined ? {} : { ageSecondsMax });
    attest(ledger, { key: 'next', entry: { time: '2026-03-01T13:01:00.000Z' } });
    if (good) assert.equal(findings(verify(ledger)).includes('signer/wider-than-predecessor'), false);
    else assertFound(verify(ledger), 'fail', 'signer/known', 'signer/wider-than-predecessor');
  }
});

test('a key that is too old can still hand over', () => {
  const ledger = agedLedger({ ageSecondsMax: HOUR });
  rotate(ledger, 'aged', 'next', { ageSecondsMax: HOUR, entry: { time: '2026-03-02T00:00:00.000Z' } });
  attest(ledger, { key: 'next' });
  assertUnjudged(ledger);
});

test('a document whose warning comes after the end, or with an age out of bounds, is none (signer/malformed-document)', () => {
  const { publicKey: key } = openedLedger().key('aged');
  const read = (ages: object) =>
    parseSignerDocument(formatSignerDocument({ key, repositories: ['*'], stages: ['*'], ...ages }));
  for (const ages of [
    { ageSecondsWarn: 2, ageSecondsMax: 1 },
    { ageSecondsMax: 0 },
    { ageSecondsWarn: 3_162_240_001 },
    { ageSecondsMax: 1.5 },
  ]) {
    const document = read(ages);
    assert(!document.ok && document.fault.code === 'signer/malformed-document', JSON.stringify(ages));
  }
  for (const ages of [{ ageSecondsWarn: 1, ageSecondsMax: 1 }, { ageSecondsMax: 3_162_240_000 }, { ageSecondsWarn: 1 }])
    assert(read(ages).ok);
});
