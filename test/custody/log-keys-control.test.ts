import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyCompleteness } from '../../src/core/completeness/verify-completeness.ts';
import { formatEntry } from '../../src/core/entry/entry.ts';
import { LedgerReplay } from '../../src/core/entry/replay.ts';
import { vouchedKeys } from '../../src/core/trust/log-keys.ts';
import { CONTROL, controlSet } from './control-under-test.ts';
import { agreedRotation, rotationByLaterKeys, unagreedRotations } from './controlled-rotations.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { knows, trustList } from './log-key-under-test.ts';
import { assertFound, findings, verify } from './verify-under-test.ts';

const byNext = { signedBy: ['next'] };
/** What readers bring of the old key, with control keys and without. */
const readersOf = (ledger: LedgerUnderTest, control = CONTROL) => [
  { ...knows(ledger, { log: {} }), control },
  knows(ledger, { log: {} }),
];

/** What a replay of the entries alone finds, and the keys that it follows. */
function replayed(ledger: LedgerUnderTest) {
  const replay = new LedgerReplay(ledger.origin);
  const found = Array.from({ length: ledger.size }, (_, seq) => replay.next(formatEntry(ledger.entry(seq))).findings);
  return { found: found.flat().map(({ code, seq }) => [code, seq]), inForce: replay.state.logKeys?.inForce };
}

test('a rotation that the control keys agreed to leads every reader to the new key', () => {
  const { ledger } = agreedRotation();
  for (const trust of [...readersOf(ledger), { ...knows(ledger, { next: {} }), control: CONTROL }]) {
    const result = verify(ledger, { ...byNext, trust });
    assert.equal(result.verdict, 'pass', findings(result).join('\n'));
    assert.equal(result.assurances.controlSigned, trust.control !== undefined);
    assert(verifyCompleteness(trustList(ledger, 'next'), trust, ledger.time).holds);
  }
  assert.deepEqual(replayed(ledger), { found: [], inForce: [ledger.vkeyOf('next')] });
});

test('control keys that followed others agree to rotations in their place', () => {
  const { ledger } = rotationByLaterKeys();
  for (const trust of readersOf(ledger)) assert.equal(verify(ledger, { ...byNext, trust }).verdict, 'pass');
  assert.deepEqual(replayed(ledger).found, []);
});

test('whoever has every key of the service, and no control key, leads no reader to a key of their own', () => {
  for (const { ledger, seq, reason } of unagreedRotations()) {
    for (const trust of readersOf(ledger)) {
      const led = verify(ledger, { ...byNext, trust });
      assertFound(led, 'fail', 'checkpoint/signature', 'note/no-known-signature');
      const list = verifyCompleteness(trustList(ledger, 'next'), trust, ledger.time);
      assert(!list.holds, reason);
      // Under the old key the list convicts the rotation, as evidence does.
      const held = verifyCompleteness(trustList(ledger, 'log'), trust, ledger.time);
      assert.deepEqual(findings(held), [`fail log/rotation ${reason} @${seq}`]);
      assertFound(verify(ledger, { trust }), 'fail', 'log/rotation', reason);
      assertFound(verify(ledger, { trust }), 'fail', 'control/envelope', reason);
    }
    // Nor does it count for whoever took the new key from them.
    const taken = { ...knows(ledger, { next: {} }), control: CONTROL };
    assertFound(
      verify(ledger, { ...byNext, trust: taken }),
      'fail',
      'checkpoint/log-key',
      'checkpoint/log-key-not-in-log',
    );
    const { found, inForce } = replayed(ledger);
    assert.deepEqual(found, [[reason, seq]]);
    assert.deepEqual(inForce, [ledger.vkey]);
  }
});

test('a log that names other control keys than the reader brings leads nowhere', () => {
  const { ledger } = agreedRotation();
  const [trust] = readersOf(ledger, controlSet(['mallory'], 1));
  assert(trust !== undefined);
  assertFound(verify(ledger, { ...byNext, trust }), 'fail', 'checkpoint/signature', 'note/no-known-signature');
  assert(!verifyCompleteness(trustList(ledger, 'next'), trust, ledger.time).holds);
  const known = trust.logKeys.map(({ key }) => key);
  const entries = Array.from({ length: ledger.size }, (_, seq) => ledger.entry(seq));
  assert.deepEqual(vouchedKeys(known, entries, { control: trust.control }), []);
  assert.equal(vouchedKeys(known, entries, { control: CONTROL }).length, 1);
});
