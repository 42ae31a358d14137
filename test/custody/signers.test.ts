import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  attest,
  custodyLedger,
  grant,
  IMAGE,
  MANIFEST,
  openedLedger,
  register,
  revoke,
  sign,
} from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, findings, verify } from './verify-under-test.ts';

/** The opened log with the image signed: `unjudged` until something is wrong. */
function signedLedger(): LedgerUnderTest {
  const ledger = openedLedger();
  sign(ledger);
  return ledger;
}

function assertUnjudged(ledger: LedgerUnderTest): void {
  const result = verify(ledger);
  assert.deepEqual(findings(result), ['not-run contract/covers contract/none']);
  assert.equal(result.verdict, 'unjudged');
}

test('a signature that the named key did not make is false (dsse/no-trusted-signature)', () => {
  const ledger = signedLedger();
  attest(ledger, { key: 'stranger', entry: { signer: ledger.key('pipeline').signer } });
  assertFound(verify(ledger), 'fail', 'signature/envelope', 'dsse/no-trusted-signature');
});

test('a key that nobody registered vouches for nothing (signer/not-registered)', () => {
  const ledger = signedLedger();
  attest(ledger, { key: 'stranger' });
  const result = verify(ledger);
  assertFound(result, 'fail', 'signer/known', 'signer/not-registered');
  assert.equal(assertFound(result, 'fail', 'signature/envelope', 'custody/blocked').outcome, 'not-run');
});

test('a key registered after it was used was not in force (signer/registered-later)', () => {
  const ledger = signedLedger();
  attest(ledger, { key: 'late' });
  register(ledger, 'late');
  assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/registered-later');
});

test('a key is registered once (signer/registered-twice)', () => {
  const ledger = signedLedger();
  register(ledger, 'pipeline', { repositories: ['*'] });
  attest(ledger);
  assertFound(verify(ledger), 'fail', 'signer/known', 'signer/registered-twice');
});

test('a pipeline cannot register its key a second time as the service’s own (signer/registered-twice)', () => {
  const ledger = signedLedger();
  register(ledger, 'pipeline', { use: 'service', by: 'service' });
  attest(ledger, { entry: { assurance: 'service' } });
  assertFound(verify(ledger), 'fail', 'signer/known', 'signer/registered-twice');
});

test('a registration whose document holds another key is refused (signer/id-differs)', () => {
  const ledger = signedLedger();
  const other = ledger.key('other').signer;
  register(ledger, 'pipeline', { entry: { body: { signer: other, use: 'attest' } } });
  attest(ledger, { entry: { signer: other } });
  assertFound(verify(ledger), 'fail', 'signer/known', 'signer/id-differs');
});

test('a registration whose document is withheld is no registration (payload/absent)', () => {
  const ledger = custodyLedger();
  assertFound(verify(ledger, { withoutPayloads: [6] }), 'fail', 'signer/known', 'payload/absent');
});

test('a key revoked before it was used is out of force (signer/revoked)', () => {
  const ledger = signedLedger();
  revoke(ledger, 'pipeline', ledger.time);
  attest(ledger);
  assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/revoked');
});

test('an entry at the very time of the revocation is out, one a millisecond before is in (signer/revoked)', () => {
  const time = '2026-03-01T13:00:00.000Z';
  for (const [effective, good] of [
    [time, false],
    ['2026-03-01T13:00:00.001Z', true],
  ] as const) {
    const ledger = signedLedger();
    attest(ledger, { entry: { time } });
    revoke(ledger, 'pipeline', effective);
    if (good) assertUnjudged(ledger);
    else assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/revoked');
  }
});

test('a revocation may move earlier, and then reaches what it did not (signer/revoked)', () => {
  const ledger = signedLedger();
  attest(ledger);
  const used = ledger.time;
  revoke(ledger, 'pipeline', '2027-01-01T00:00:00.000Z');
  assertUnjudged(ledger);
  revoke(ledger, 'pipeline', used);
  assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/revoked');
});

test('a revocation cannot move later: the earliest counts (signer/revoked)', () => {
  const ledger = signedLedger();
  attest(ledger);
  revoke(ledger, 'pipeline', '2026-03-01T00:00:00.000Z');
  revoke(ledger, 'pipeline', '2027-01-01T00:00:00.000Z');
  assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/revoked');
});

test('a revocation by somebody who may not revoke shows (principal/wrong-role)', () => {
  const ledger = signedLedger();
  attest(ledger);
  revoke(ledger, 'pipeline', '2027-01-01T00:00:00.000Z', 'shop-ci');
  assertFound(verify(ledger), 'fail', 'signer/known', 'principal/wrong-role');
});

test('a key registered by a pipeline for itself is not registered (principal/wrong-role)', () => {
  const ledger = signedLedger();
  register(ledger, 'own', { by: 'shop-ci' });
  attest(ledger, { key: 'own' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'principal/wrong-role');
});

test('the service cannot register a pipeline’s key (principal/name-reserved)', () => {
  const ledger = signedLedger();
  register(ledger, 'planted', { by: 'service' });
  attest(ledger, { key: 'planted' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'principal/name-reserved');
});

test('an administrator cannot register a key as the service’s own (principal/wrong-role)', () => {
  const ledger = signedLedger();
  register(ledger, 'planted', { use: 'image' });
  sign(ledger, MANIFEST, { key: 'planted' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'principal/wrong-role');
});

test('a key for another stage may not attest this one (signer/wrong-stage)', () => {
  const ledger = signedLedger();
  register(ledger, 'tester', { stages: ['test'] });
  attest(ledger, { key: 'tester', stage: 'test' });
  assertUnjudged(ledger);
  attest(ledger, { key: 'tester', stage: 'scan' });
  assertFound(verify(ledger), 'fail', 'signer/allowed', 'signer/wrong-stage');
});

test('a key for another repository may not attest here (signer/wrong-repository)', () => {
  const ledger = signedLedger();
  register(ledger, 'web', { repositories: ['shop/web', 'shop/api/*'] });
  attest(ledger, { key: 'web' });
  assertFound(verify(ledger), 'fail', 'signer/allowed', 'signer/wrong-repository');
});

test('what the service signed is not shown as the pipeline’s, nor the other way round (signer/assurance-wrong)', () => {
  for (const [key, assurance] of [
    ['service', 'pipeline'],
    ['pipeline', 'service'],
    ['pipeline', 'keyless'],
    ['pipeline', 'unsigned'],
    ['verdict', 'pipeline'],
    ['image', 'service'],
  ] as const) {
    const ledger = signedLedger();
    attest(ledger, { key, entry: { assurance } });
    assertFound(verify(ledger), 'fail', 'signer/allowed', 'signer/assurance-wrong');
  }
});

test('an image is signed by the image key and no other (signer/wrong-use)', () => {
  for (const key of ['service', 'verdict', 'pipeline']) {
    const ledger = openedLedger();
    sign(ledger, MANIFEST, { key });
    assertFound(verify(ledger), 'fail', 'signer/allowed', 'signer/wrong-use');
  }
});

test('an image signature is the service’s, and never shown as a pipeline’s (signer/assurance-wrong)', () => {
  const ledger = openedLedger();
  sign(ledger, MANIFEST, { entry: { assurance: 'pipeline' } });
  assertFound(verify(ledger), 'fail', 'signer/allowed', 'signer/assurance-wrong');
});

test('the image key signs attestations of nobody (signer/assurance-wrong)', () => {
  const ledger = signedLedger();
  attest(ledger, { key: 'image', digest: IMAGE });
  assertFound(verify(ledger), 'fail', 'signer/allowed', 'signer/assurance-wrong');
});

test('a bundle counts like an envelope', () => {
  const ledger = signedLedger();
  attest(ledger, { form: 'bundle' });
  attest(ledger, { form: 'bundle', key: 'service', stage: 'scan' });
  assertUnjudged(ledger);
});

test('a registration by an administrator who had lost the role is none (principal/revoked)', () => {
  const ledger = signedLedger();
  grant(ledger, 'anna', 'admin');
  ledger.append({ kind: 'principal.revoked', principal: 'bootstrap-admin', body: { principal: 'anna' } });
  register(ledger, 'planted', { by: 'anna' });
  attest(ledger, { key: 'planted' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'principal/revoked');
});
