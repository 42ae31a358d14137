import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GRANT_MEDIA_TYPE } from '../../src/core/trust/grant-document.ts';
import { attest, custodyLedger, grant, MANIFEST, openedLedger, register, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, findings, verify } from './verify-under-test.ts';

function signedLedger(): LedgerUnderTest {
  const ledger = openedLedger();
  sign(ledger);
  return ledger;
}

function take(ledger: LedgerUnderTest, principal: string, by = 'bootstrap-admin'): number {
  return ledger.append({ kind: 'principal.revoked', principal: by, body: { principal } });
}

test('somebody without a grant writes nothing that counts (principal/no-grant)', () => {
  const ledger = signedLedger();
  attest(ledger, { by: 'stranger' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/no-grant');
});

test('a grant that came later does not reach back (principal/no-grant)', () => {
  const ledger = signedLedger();
  attest(ledger, { by: 'late' });
  grant(ledger, 'late', 'pipeline');
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/no-grant');
});

test('a role that was taken away writes nothing more (principal/revoked)', () => {
  const ledger = signedLedger();
  take(ledger, 'shop-ci');
  attest(ledger);
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/revoked');
});

test('what was written before the role was taken away still counts', () => {
  const ledger = custodyLedger();
  take(ledger, 'shop-ci');
  assertPasses(verify(ledger));
});

test('roles that only read write nothing (principal/wrong-role)', () => {
  for (const role of ['auditor', 'operator', 'release-manager'] as const) {
    const ledger = signedLedger();
    grant(ledger, 'reader', role);
    attest(ledger, { by: 'reader' });
    assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/wrong-role');
  }
});

test('an administrator may attest', () => {
  const ledger = custodyLedger();
  attest(ledger, { by: 'bootstrap-admin', stage: 'lint' });
  assertPasses(verify(ledger));
});

test('a pipeline of another repository writes nothing here (principal/wrong-repository)', () => {
  const ledger = signedLedger();
  grant(ledger, 'web-ci', 'pipeline', { repositories: ['shop/web'] });
  sign(ledger, MANIFEST, { by: 'web-ci' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/wrong-repository');
});

test('a pipeline of another stage attests nothing of this one (principal/wrong-stage)', () => {
  const ledger = signedLedger();
  grant(ledger, 'tester', 'pipeline', { stages: ['test'] });
  attest(ledger, { by: 'tester', stage: 'scan' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/wrong-stage');
});

test('a newer grant replaces the wider one before (principal/wrong-stage)', () => {
  const ledger = signedLedger();
  grant(ledger, 'shop-ci', 'pipeline', { stages: ['build'] });
  attest(ledger, { stage: 'test' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/wrong-stage');
});

test('a grant by somebody who was no administrator gives nothing (principal/wrong-role)', () => {
  const ledger = signedLedger();
  grant(ledger, 'friend', 'pipeline', { by: 'shop-ci' });
  attest(ledger, { by: 'friend' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/wrong-role');
});

test('a grant to oneself by nobody’s leave gives nothing (principal/no-grant)', () => {
  const ledger = signedLedger();
  grant(ledger, 'self', 'admin', { by: 'self' });
  attest(ledger, { by: 'self' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/no-grant');
});

test('a pipeline cannot make itself an administrator (principal/wrong-role)', () => {
  const ledger = signedLedger();
  grant(ledger, 'shop-ci', 'admin', { by: 'shop-ci' });
  attest(ledger);
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/wrong-role');
});

test('grants follow from grants as long as each was good when it was made', () => {
  const ledger = custodyLedger();
  grant(ledger, 'anna', 'admin');
  grant(ledger, 'ben', 'admin', { by: 'anna' });
  grant(ledger, 'ci-2', 'pipeline', { by: 'ben' });
  take(ledger, 'anna');
  take(ledger, 'ben');
  attest(ledger, { by: 'ci-2', stage: 'lint' });
  assertPasses(verify(ledger));
});

test('a grant by an administrator whose role was gone by then gives nothing (principal/revoked)', () => {
  const ledger = signedLedger();
  grant(ledger, 'anna', 'admin');
  take(ledger, 'anna');
  grant(ledger, 'friend', 'pipeline', { by: 'anna' });
  attest(ledger, { by: 'friend' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/revoked');
});

test('the service grants one role, to the bootstrap administrator, first (principal/name-reserved)', () => {
  const planted = signedLedger();
  grant(planted, 'friend', 'pipeline', { by: 'service' });
  attest(planted, { by: 'friend' });
  assertFound(verify(planted), 'fail', 'principal/allowed', 'principal/name-reserved');
  const revived = signedLedger();
  grant(revived, 'anna', 'admin');
  take(revived, 'bootstrap-admin', 'anna');
  grant(revived, 'bootstrap-admin', 'admin', { by: 'service' });
  attest(revived, { by: 'bootstrap-admin' });
  assertFound(verify(revived), 'fail', 'principal/allowed', 'principal/name-reserved');
});

test('nothing of a pipeline is filed under the name of the service (principal/name-reserved)', () => {
  const ledger = signedLedger();
  attest(ledger, { by: 'service' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/name-reserved');
});

test('a grant to the name of the service changes nothing (principal/name-reserved)', () => {
  const ledger = signedLedger();
  grant(ledger, 'service', 'admin');
  attest(ledger, { by: 'service' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'principal/name-reserved');
});

test('a grant whose document says another role than its entry is refused (grant/malformed-document)', () => {
  const ledger = signedLedger();
  grant(ledger, 'ci-2', 'pipeline', { entry: { body: { principal: 'ci-2', role: 'auditor' } } });
  attest(ledger, { by: 'ci-2' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'grant/malformed-document');
  const bytes = new TextEncoder().encode('{}');
  const other = signedLedger();
  grant(other, 'ci-2', 'pipeline', { entry: { document: { mediaType: GRANT_MEDIA_TYPE, bytes } } });
  attest(other, { by: 'ci-2' });
  assertFound(verify(other), 'fail', 'principal/allowed', 'grant/malformed-document');
});

test('a grant whose document is withheld gives nothing (payload/absent)', () => {
  const result = verify(custodyLedger(), { withoutPayloads: [5] });
  assertFound(result, 'fail', 'principal/allowed', 'payload/absent');
});

test('a key and a grant of the same name are two things: both must reach', () => {
  const ledger = signedLedger();
  register(ledger, 'tester', { stages: ['test'] });
  grant(ledger, 'tester', 'pipeline', { stages: ['scan'] });
  attest(ledger, { key: 'tester', by: 'tester', stage: 'test' });
  const found = findings(verify(ledger));
  assert(found.some((line) => line.includes('principal/wrong-stage')));
  assert(!found.some((line) => line.includes('signer/wrong-stage')));
});
