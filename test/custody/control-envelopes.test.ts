import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlStatement } from '../../src/core/control/control-statement.ts';
import {
  AGREEING,
  CONTROL,
  changeKeys,
  controlledCustody,
  controlledLedger,
  controlSet,
  controlTrust,
  deliver,
  type Envelope,
  LOOSE,
  signEntry,
  signStatement,
} from './control-under-test.ts';
import { CONTRACT, publish } from './custody-under-test.ts';
import { editClaim } from './edit-evidence.ts';
import { assertFound, assertPasses, findings, verify } from './verify-under-test.ts';

/** The second version of the contract under an envelope that was made for something else. */
function misused(envelope: Envelope) {
  const ledger = controlledCustody();
  ledger.with(envelope, () => publish(ledger, LOOSE, { version: 2, previous: CONTRACT.repositories }));
  return verify(ledger, { trust: controlTrust(ledger) });
}

test('an envelope counts for its own log, kind, list, place, document and body, and for nothing else', () => {
  const restated: [string, Partial<ReturnType<typeof controlStatement>>][] = [
    ['control/wrong-log', { log: 'waybill-other' }],
    ['control/wrong-kind', { kind: 'contract.withdrawn' }],
    ['control/wrong-key', { key: 'contract:other' }],
    ['control/wrong-key', { key: 'trust' }],
    ['control/wrong-place', { n: 3 }],
    ['control/wrong-place', { prev: '0'.repeat(64) }],
    ['control/wrong-payload', { payloadSha256: '0'.repeat(64) }],
    ['control/wrong-body', { body: { contract: 'shop' } }],
    ['control/wrong-body', { repository: 'shop/api' }],
  ];
  for (const [code, change] of restated) {
    const result = misused((entry, bytes) => signStatement({ ...controlStatement(entry, bytes), ...change }, AGREEING));
    assertFound(result, 'fail', 'control/envelope', code);
    assert.deepEqual(
      result.contracts.map(({ version }) => version),
      [1],
    );
  }
  const withoutDocument = misused((entry) => signStatement(controlStatement(entry, undefined), AGREEING));
  assertFound(withoutDocument, 'fail', 'control/envelope', 'control/wrong-payload');
});

test('an envelope that was used before is not used again (control/wrong-place)', () => {
  const ledger = controlledCustody();
  const used = ledger.entry(7).control;
  publish(ledger, LOOSE, { version: 2, previous: CONTRACT.repositories });
  ledger.with(
    () => used,
    () => publish(ledger, CONTRACT, { version: 3, previous: CONTRACT.repositories }),
  );
  const result = verify(ledger, { trust: controlTrust(ledger) });
  assertFound(result, 'fail', 'control/envelope', 'control/wrong-place');
  assert.deepEqual(
    result.contracts.map(({ version }) => version),
    [2],
  );
});

test('an envelope of another list, of another log, or from before an entry that is skipped does not count', () => {
  const ledger = controlledCustody();
  const used = ledger.entry(7).control;
  ledger.with(
    () => used,
    () => publish(ledger, { ...CONTRACT, contract: 'other' }),
  );
  assertFound(verify(ledger, { trust: controlTrust(ledger) }), 'fail', 'control/envelope', 'control/wrong-key');

  const other = controlledLedger(CONTROL, 'waybill-fedcba9876543210');
  other.with(
    () => used,
    () => publish(other, CONTRACT),
  );
  deliver(other);
  assertFound(verify(other, { trust: controlTrust(other) }), 'fail', 'control/envelope', 'control/wrong-log');
});

test('fewer keys than the threshold, one key twice, or keys of others agree to nothing', () => {
  const below = misused((entry, bytes) => signEntry(entry, bytes, ['ann']));
  assertFound(below, 'fail', 'control/envelope', 'control/threshold-not-met');
  const strange = misused((entry, bytes) => signEntry(entry, bytes, ['ann', 'stranger', 'p256-stranger']));
  assertFound(strange, 'fail', 'control/envelope', 'control/threshold-not-met');
  const twice = misused((entry, bytes) => {
    const envelope = JSON.parse(signEntry(entry, bytes, ['ann']));
    return JSON.stringify({ ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] });
  });
  assertFound(twice, 'fail', 'control/envelope', 'control/malformed');
  // A signature of one key under the id of another is none of either.
  const renamed = misused((entry, bytes) => {
    const [one, two] = [
      JSON.parse(signEntry(entry, bytes, ['ann'])),
      JSON.parse(signEntry(entry, bytes, ['p256-ben'])),
    ];
    const stolen = { keyid: two.signatures[0].keyid, sig: one.signatures[0].sig };
    const signatures = [one.signatures[0], stolen].sort((a, b) => (a.keyid < b.keyid ? -1 : 1));
    return JSON.stringify({ ...one, signatures });
  });
  assertFound(renamed, 'fail', 'control/envelope', 'control/threshold-not-met');
  const ledger = controlledCustody();
  ledger.with(
    (entry, bytes) => signEntry(entry, bytes, ['ann', 'stranger', 'p256-ben', 'p384-cat']),
    () => publish(ledger, LOOSE, { version: 2, previous: CONTRACT.repositories }),
  );
  assertPasses(verify(ledger, { trust: controlTrust(ledger) }));
});

test('control keys are changed by those before them, and from the next entry on', () => {
  const next = controlSet(['dan', 'p256-eve'], 2);
  const ledger = controlledLedger();
  changeKeys(ledger, next);
  ledger.with(
    (entry, bytes) => signEntry(entry, bytes, ['dan', 'p256-eve']),
    () => publish(ledger, CONTRACT),
  );
  deliver(ledger);
  const result = verify(ledger, { trust: controlTrust(ledger) });
  assertPasses(result);
  assert.equal(result.assurances.controlSigned, true);
});

test('a control key that was removed agrees to nothing any more (control/threshold-not-met)', () => {
  const ledger = controlledCustody();
  changeKeys(ledger, controlSet(['dan', 'p256-eve'], 2));
  publish(ledger, LOOSE, { version: 2, previous: CONTRACT.repositories });
  const result = verify(ledger, { trust: controlTrust(ledger) });
  assertFound(result, 'fail', 'control/envelope', 'control/threshold-not-met');
  assert.deepEqual(
    result.contracts.map(({ version }) => version),
    [1],
  );
});

test('a new set cannot put itself into force (control/threshold-not-met, control/missing)', () => {
  const next = controlSet(['dan', 'p256-eve'], 2);
  for (const [by, code] of [
    [['dan', 'p256-eve'], 'control/threshold-not-met'],
    [['ann'], 'control/threshold-not-met'],
  ] as const) {
    const ledger = controlledLedger();
    changeKeys(ledger, next, by);
    publish(ledger, CONTRACT);
    deliver(ledger);
    const result = verify(ledger, { trust: controlTrust(ledger) });
    assert.deepEqual(findings(result), [`fail control/envelope ${code} @7`], 'the set before stays in force');
  }
});

test('a change to what is no set has no effect (control/malformed-keys)', () => {
  const ledger = controlledLedger();
  const body = { controlKeys: ['AAAA'], controlThreshold: 1 };
  ledger.append({ kind: 'control-keys.changed', principal: 'bootstrap-admin', body });
  publish(ledger, CONTRACT);
  deliver(ledger);
  const result = verify(ledger, { trust: controlTrust(ledger) });
  assert.deepEqual(findings(result), ['fail control/envelope control/malformed-keys @7']);
});

test('control keys cannot be brought into a log that was opened without (control/no-keys)', () => {
  const ledger = controlledLedger({ controlKeys: [], controlThreshold: 0 });
  ledger.with(
    () => undefined,
    () => {
      ledger.append({
        kind: 'control-keys.changed',
        principal: 'bootstrap-admin',
        body: { controlKeys: ['AAAA'], controlThreshold: 1 },
      });
    },
  );
  deliver(ledger);
  assertFound(verify(ledger), 'fail', 'control/envelope', 'control/no-keys');
});

test('a hidden change of control keys is as visible as any entry that is left out', () => {
  const ledger = controlledLedger();
  const seq = changeKeys(ledger, controlSet(['dan', 'p256-eve'], 2));
  publish(ledger, CONTRACT);
  deliver(ledger);
  const result = verify(ledger, { trust: controlTrust(ledger), without: [seq] });
  assertFound(result, 'fail', 'list/complete', 'list/length-differs');
  const blocked = assertFound(result, 'fail', 'control/envelope', 'custody/blocked');
  assert.equal(blocked.outcome, 'not-run');
  assert.deepEqual(result.contracts, [], 'nothing has effect under keys that are not known');
});

test('a document that is withheld leaves its envelope unchecked, and without effect (payload/absent)', () => {
  const ledger = controlledCustody();
  const result = verify(ledger, { trust: controlTrust(ledger), withoutPayloads: [7] });
  const found = assertFound(result, 'fail', 'control/envelope', 'payload/absent');
  assert.equal(found.outcome, 'not-run');
  assert.equal(found.seq, 7);
  assert.deepEqual(result.contracts, []);
  const unknown = verify(ledger, { trust: controlTrust(ledger), withoutPayloads: [5] });
  assert.equal(assertFound(unknown, 'fail', 'control/envelope', 'payload/absent').seq, 5);
});

test('without the list of changes nothing is shown to be agreed to, also where nothing was changed', () => {
  const ledger = controlledLedger();
  const result = verify(ledger, { trust: controlTrust(ledger), edit: editClaim('trust', () => undefined) });
  assertFound(result, 'fail', 'list/complete', 'list/claim-missing');
  assert.equal(result.assurances.controlSigned, false);
});
