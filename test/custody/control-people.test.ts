import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTROL, type ControlledLedger, controlledLedger, controlTrust, signEntry } from './control-under-test.ts';
import { CONTRACT, publish, sign } from './custody-under-test.ts';
import { assertFound, findings, verify } from './verify-under-test.ts';
import { approve, DAY_MS, grantPerson, later, request, revokeWaiver, unscannedLedger } from './waivers-under-test.ts';

/** The scenario of waivers in a log under control keys: people and contract were agreed to. */
function unscanned(): ControlledLedger {
  const ledger = controlledLedger();
  unscannedLedger(['test'], ledger);
  return ledger;
}

const judged = (ledger: ControlledLedger, evaluatedAt = ledger.time) =>
  verify(ledger, { trust: controlTrust(ledger), evaluatedAt });

test('a waiver whose approval was agreed to is in force, and asking and revoking take no agreement', () => {
  const ledger = unscanned();
  request(ledger);
  approve(ledger);
  const result = judged(ledger);
  assert.equal(result.verdict, 'waived', findings(result).join('\n'));
  assert.equal(result.assurances.controlSigned, true);
  revokeWaiver(ledger);
  assertFound(judged(ledger), 'fail', 'waiver/in-force', 'waiver/revoked');
});

test('an approval without agreement approves nothing (control/missing, waiver/not-approved)', () => {
  const ledger = unscanned();
  request(ledger);
  ledger.with(
    () => undefined,
    () => approve(ledger),
  );
  const result = judged(ledger);
  assertFound(result, 'fail', 'control/envelope', 'control/missing');
  assertFound(result, 'fail', 'waiver/in-force', 'waiver/not-approved');
  assert.equal(result.waivers[0]?.approved, undefined);
});

test('an agreement is to the very request that it follows, in its repository (control/wrong-place, control/wrong-body)', () => {
  const ledger = unscanned();
  request(ledger);
  approve(ledger);
  const agreed = ledger.entry(ledger.size - 2).control;
  const other = unscanned();
  request(other, { expires: later(other.time, 30 * DAY_MS) });
  other.with(
    () => agreed,
    () => approve(other),
  );
  assertFound(judged(other), 'fail', 'control/envelope', 'control/wrong-place');
  const moved = unscanned();
  request(moved);
  moved.with(
    (entry) => signEntry({ ...entry, repository: 'shop/web' }, undefined),
    () => approve(moved),
  );
  assertFound(judged(moved), 'fail', 'control/envelope', 'control/wrong-body');
});

test('nobody breaks the glass alone in a log with control keys (waiver/no-break-glass), and agreed to it is a waiver', () => {
  const ledger = unscanned();
  request(ledger, { breakGlass: true });
  const alone = judged(ledger);
  assertFound(alone, 'fail', 'waiver/in-force', 'waiver/no-break-glass');
  assert.equal(alone.intact, true);
  // Also for who brings no control keys: the log names them.
  assertFound(verify(ledger), 'fail', 'waiver/in-force', 'waiver/no-break-glass');
  approve(ledger);
  assert.equal(judged(ledger).verdict, 'waived');
});

test('whoever is made a person takes agreement, whatever their role (control/missing)', () => {
  const ledger = unscanned();
  ledger.with(
    () => undefined,
    () => grantPerson(ledger, 'mallory', 'pipeline', 'nobody'),
  );
  sign(ledger, undefined, { by: 'mallory' });
  const result = judged(ledger);
  assertFound(result, 'fail', 'control/envelope', 'control/missing');
  assertFound(result, 'fail', 'principal/allowed', 'principal/no-grant');
});

test('a person is unmade with agreement only, also by a grant that names none', () => {
  const ledger = unscanned();
  ledger.with(
    () => undefined,
    () => grantPerson(ledger, 'shop-ci', 'pipeline', null, ['shop/*']),
  );
  assertFound(judged(ledger), 'fail', 'control/envelope', 'control/missing');
});

test('the first administrator of a log whom it names as a person is one with agreement alone (control/missing)', () => {
  const ledger = controlledLedger(CONTROL, undefined, { person: 'ghost' });
  publish(ledger, CONTRACT);
  const found = assertFound(judged(ledger), 'fail', 'control/envelope', 'control/missing');
  assert.equal(found.seq, 4);
});
