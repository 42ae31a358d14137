import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import {
  CONTROL,
  type ControlledLedger,
  controlledCustody,
  controlledLedger,
  controlSet,
  controlTrust,
  deliver,
  type Envelope,
  LOOSE,
  signEntry,
} from './control-under-test.ts';
import { attest, CONTRACT, grant, openedLedger, publish, register, revoke, sign } from './custody-under-test.ts';
import { assertFound, assertPasses, findings, trustOf, verify } from './verify-under-test.ts';

/** A key that may attest, and agrees to nothing. */
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .publicKey.export({ type: 'spki', format: 'der' })
  .toString('base64');

test('changes of trust under control keys count, and who brings the keys is told that they are signed', () => {
  const ledger = controlledCustody();
  const result = verify(ledger, { trust: controlTrust(ledger) });
  assertPasses(result);
  assert.equal(result.assurances.controlSigned, true);
  const checked = result.checks.filter(({ code }) => code === 'control/envelope').map(({ seq }) => seq);
  assert.deepEqual(checked, [6, 7], 'the opening and the grant of a pipeline take none');
});

test('who brings no control keys sees that they hold together, and not whose they are (control/keys-not-confirmed)', () => {
  const ledger = controlledCustody();
  const result = verify(ledger);
  assert.deepEqual(findings(result), ['not-run control/keys control/keys-not-confirmed']);
  assert.equal(result.verdict, 'pass');
  assert.equal(result.assurances.controlSigned, false);
});

test('a log without control keys is checked for none, and its changes are the operator’s alone', () => {
  const ledger = openedLedger();
  publish(ledger, CONTRACT);
  deliver(ledger);
  const result = verify(ledger);
  assertPasses(result);
  assert.equal(result.assurances.controlSigned, false);
  assert(!result.checks.some(({ code }) => code.startsWith('control/')));
});

test('a log with other control keys than the reader’s, or none, passes for nobody who brought some (control/keys-differ)', () => {
  const ledger = controlledCustody();
  const others = [
    controlSet(['ann', 'p256-ben', 'p384-cat'], 1),
    controlSet(['ann', 'p256-ben'], 2),
    controlSet(['ann', 'p256-ben', 'p384-cat', 'dan'], 2),
    controlSet(['ann', 'p256-ben', 'dan'], 2),
  ];
  for (const set of others) {
    const result = verify(ledger, { trust: controlTrust(ledger, set) });
    assertFound(result, 'fail', 'control/keys', 'control/keys-differ');
    assert.equal(result.assurances.controlSigned, false);
  }
  const reordered = { ...CONTROL, keys: CONTROL.keys.toReversed() };
  assertPasses(verify(ledger, { trust: controlTrust(ledger, reordered) }));
  const plain = openedLedger();
  publish(plain, CONTRACT);
  deliver(plain);
  const result = verify(plain, { trust: controlTrust(plain) });
  assertFound(result, 'fail', 'control/keys', 'control/keys-differ');
  assertFound(result, 'fail', 'control/envelope', 'control/missing');
});

test('control keys of a log that make no set are never taken for one (control/malformed-keys)', () => {
  const spki = Buffer.from(CONTROL.keys[0]?.spki ?? []).toString('base64');
  const bad = [
    { controlKeys: ['some key'], controlThreshold: 1 },
    { controlKeys: [spki], controlThreshold: 0 },
    { controlKeys: [spki], controlThreshold: 2 },
    { controlKeys: [], controlThreshold: 1 },
    { controlKeys: [RSA], controlThreshold: 1 },
  ];
  for (const body of bad) {
    const wrong = controlledLedger(body);
    publish(wrong, CONTRACT);
    deliver(wrong);
    for (const trust of [trustOf(wrong), controlTrust(wrong)])
      assertFound(verify(wrong, { trust }), 'fail', 'control/keys', 'control/malformed-keys');
    const blocked = assertFound(verify(wrong), 'fail', 'control/envelope', 'custody/blocked');
    assert.equal(blocked.outcome, 'not-run');
  }
});

test('a contract without the agreement of control keys changes nothing, and is found (control/missing)', () => {
  const ledger = controlledCustody();
  ledger.with(
    () => undefined,
    () => publish(ledger, LOOSE, { version: 2, previous: CONTRACT.repositories }),
  );
  const result = verify(ledger, { trust: controlTrust(ledger) });
  const { seq } = assertFound(result, 'fail', 'control/envelope', 'control/missing');
  assert.deepEqual(
    result.contracts.map(({ version }) => version),
    [1],
    'the contract before stays in force',
  );
  assert.equal(result.timeline.find((item) => item.seq === seq)?.sound, false);
  assert.equal(result.assurances.controlSigned, false);
  assertFound(verify(ledger), 'fail', 'control/envelope', 'control/missing');
});

test('a first contract without agreement is in force for nobody, also where it would ask for more', () => {
  const ledger = controlledLedger();
  ledger.with(
    () => undefined,
    () => publish(ledger, CONTRACT),
  );
  deliver(ledger);
  const result = verify(ledger, { trust: controlTrust(ledger) });
  assertFound(result, 'fail', 'control/envelope', 'control/missing');
  assert.deepEqual(result.contracts, []);
  assert(result.timeline.some(({ kind, sound }) => kind === 'contract.published' && !sound));
});

test('a withdrawal without agreement withdraws nothing (control/missing)', () => {
  const ledger = controlledCustody();
  const body = { contract: 'shop', version: 1, repositories: CONTRACT.repositories };
  ledger.with(
    () => undefined,
    () => ledger.append({ kind: 'contract.withdrawn', principal: 'bootstrap-admin', body }),
  );
  const result = verify(ledger, { trust: controlTrust(ledger) });
  assertFound(result, 'fail', 'control/envelope', 'control/missing');
  assert.equal(result.contracts.length, 1);
});

test('what comes after an entry without effect follows the one that has some', () => {
  const ledger = controlledCustody();
  ledger.with(
    () => undefined,
    () => publish(ledger, LOOSE, { version: 2, previous: CONTRACT.repositories }),
  );
  publish(ledger, { ...CONTRACT, title: 'the second one' }, { version: 2, previous: CONTRACT.repositories });
  const result = verify(ledger, { trust: controlTrust(ledger) });
  assert.deepEqual(findings(result), ['fail control/envelope control/missing @11']);
  assert.deepEqual(
    result.contracts.map(({ version, seq }) => [version, seq]),
    [[2, 12]],
  );
});

test('a key that was registered without agreement is no signer (signer/not-registered)', () => {
  const ledger = controlledCustody();
  const seq = ledger.with(
    () => undefined,
    () => register(ledger, 'stranger'),
  );
  attest(ledger, { stage: 'test', key: 'stranger', note: 'forged' });
  const result = verify(ledger, { trust: controlTrust(ledger) });
  assert.equal(assertFound(result, 'fail', 'control/envelope', 'control/missing').seq, seq);
  assertFound(result, 'fail', 'signer/known', 'signer/not-registered');
});

test('a revocation without agreement revokes nothing, and is found', () => {
  const ledger = controlledCustody();
  ledger.with(
    () => undefined,
    () => revoke(ledger, 'pipeline', '2020-01-01T00:00:00.000Z'),
  );
  const result = verify(ledger, { trust: controlTrust(ledger) });
  assert.deepEqual(findings(result), ['fail control/envelope control/missing @11']);
  const agreed = controlledCustody();
  revoke(agreed, 'pipeline', '2020-01-01T00:00:00.000Z');
  assertFound(verify(agreed, { trust: controlTrust(agreed) }), 'fail', 'signer/in-force', 'signer/revoked');
});

test('roles that change trust are granted with agreement only, others without (control/missing, control/not-needed)', () => {
  for (const role of ['admin', 'release-manager'] as const) {
    const ledger = controlledCustody();
    ledger.with(
      () => undefined,
      () => grant(ledger, 'mallory', role),
    );
    sign(ledger, undefined, { by: 'mallory' });
    const result = verify(ledger, { trust: controlTrust(ledger) });
    assertFound(result, 'fail', 'control/envelope', 'control/missing');
    assertFound(result, 'fail', 'principal/allowed', 'principal/no-grant');
  }
  const ledger = controlledCustody();
  for (const role of ['auditor', 'operator', 'pipeline'] as const) grant(ledger, 'harmless', role);
  sign(ledger, undefined, { by: 'harmless' });
  assertPasses(verify(ledger, { trust: controlTrust(ledger) }));
  grant(ledger, 'harmless', 'pipeline', {
    entry: { alter: (entry) => ({ ...entry, control: signEntry(entry, undefined) }) },
  });
  assertFound(verify(ledger, { trust: controlTrust(ledger) }), 'fail', 'control/envelope', 'control/not-needed');
});

test('a role that changes trust is taken away with agreement only, by a revocation or by another grant', () => {
  const taking: ((ledger: ControlledLedger) => number)[] = [
    (ledger) => ledger.append({ kind: 'principal.revoked', principal: 'bootstrap-admin', body: { principal: 'ada' } }),
    (ledger) => grant(ledger, 'ada', 'auditor'),
  ];
  for (const take of taking) {
    const make = (envelope: Envelope) => {
      const ledger = controlledLedger();
      publish(ledger, CONTRACT);
      grant(ledger, 'ada', 'admin');
      ledger.with(envelope, () => take(ledger));
      deliver(ledger, 'ada');
      return verify(ledger, { trust: controlTrust(ledger) });
    };
    const agreed = findings(make((entry, bytes) => signEntry(entry, bytes)));
    assert(agreed.length > 0 && agreed.every((found) => /principal\/allowed|contract\//.test(found)), 'it is gone');
    assert.deepEqual(findings(make(() => undefined)), ['fail control/envelope control/missing @9']);
  }
});
