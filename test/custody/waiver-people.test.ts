import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attest, CONTRACT, MANIFEST, publish, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, findings, verify } from './verify-under-test.ts';
import {
  approve,
  assertExemptsNothing,
  DAY_MS,
  grantPerson,
  later,
  OTHER_WAIVER,
  request,
  revokeWaiver,
  unscannedLedger,
  WAIVER,
} from './waivers-under-test.ts';

test('the approver is another person than whoever asked, under whatever principal (waiver/same-person)', () => {
  const same = unscannedLedger();
  request(same);
  approve(same, { by: 'anna' });
  assertExemptsNothing(verify(same), 'waiver/same-person');
  const twice = unscannedLedger();
  grantPerson(twice, 'anna-at-home', 'admin', 'anna');
  request(twice);
  approve(twice, { by: 'anna-at-home' });
  assertExemptsNothing(verify(twice), 'waiver/same-person');
  // A third person's approval counts, whatever came before it.
  approve(twice, { by: 'ben' });
  assert.equal(verify(twice).verdict, 'waived');
});

test('neither who asks nor who approves is the builder, of the image or of the stage (waiver/by-builder)', () => {
  for (const [who, by] of [
    ['asked', 'anna'],
    ['approved', 'ben'],
  ] as const) {
    const signed = unscannedLedger();
    grantPerson(signed, 'build-bot', 'pipeline', by);
    sign(signed, MANIFEST, { by: 'build-bot' });
    request(signed);
    approve(signed);
    assertExemptsNothing(verify(signed), 'waiver/by-builder');
    const scanned = unscannedLedger();
    grantPerson(scanned, 'scan-bot', 'pipeline', by);
    attest(scanned, {
      stage: 'scan',
      by: 'scan-bot',
      type: 'junit',
      entry: { signer: scanned.key('pipeline').signer },
    });
    publish(
      scanned,
      { ...CONTRACT, stages: [{ stage: 'test' }, { stage: 'scan', predicateTypes: ['https://x.test/y'] }] },
      { version: 2, previous: ['shop/*'] },
    );
    request(scanned);
    approve(scanned);
    const result = verify(scanned);
    assertFound(result, 'fail', 'waiver/in-force', 'waiver/by-builder');
    assert.equal(who, by === 'anna' ? 'asked' : 'approved');
  }
});

test('who attested another stage may speak for this one', () => {
  const ledger = unscannedLedger([]);
  grantPerson(ledger, 'test-bot', 'pipeline', 'ben');
  attest(ledger, { stage: 'test', by: 'test-bot' });
  request(ledger);
  approve(ledger);
  assert.equal(verify(ledger).verdict, 'waived');
});

test('a waiver of a check without a stage takes people who attested nothing (waiver/by-builder)', () => {
  const ledger = unscannedLedger([]);
  const unsigned = unscannedLedger([]);
  for (const one of [ledger, unsigned]) {
    publish(one, { ...CONTRACT, contract: 'all', repositories: ['*'], stages: [{ stage: 'test' }] });
    grantPerson(one, 'test-bot', 'pipeline', one === ledger ? 'ben' : 'dora');
    attest(one, { stage: 'test', by: 'test-bot' });
    request(one, { check: 'contract/signature', contract: 'all', stage: null });
    approve(one);
  }
  assert.equal(verify(ledger).waivers[0]?.fault, 'waiver/by-builder');
  assert.equal(verify(unsigned).waivers[0]?.fault, undefined);
});

test('a grant that names no person speaks for nobody (waiver/person-unknown)', () => {
  for (const by of ['nobody', 'anna']) {
    const ledger = unscannedLedger();
    grantPerson(ledger, 'nobody', 'release-manager', null);
    request(ledger, { by });
    approve(ledger, { by: by === 'nobody' ? 'ben' : 'nobody' });
    assertExemptsNothing(verify(ledger), 'waiver/person-unknown');
  }
  const late = unscannedLedger();
  grantPerson(late, 'nobody', 'release-manager', null);
  request(late);
  approve(late, { by: 'nobody' });
  grantPerson(late, 'nobody', 'release-manager', 'dora');
  assertExemptsNothing(verify(late), 'waiver/person-unknown');
});

test('a builder whom no grant names may be anybody, until one does (waiver/builder-unknown)', () => {
  const ledger = unscannedLedger();
  grantPerson(ledger, 'machine', 'pipeline', null);
  sign(ledger, MANIFEST, { by: 'machine' });
  request(ledger);
  approve(ledger);
  assertExemptsNothing(verify(ledger), 'waiver/builder-unknown');
  grantPerson(ledger, 'machine', 'pipeline', 'machine');
  assert.equal(verify(ledger).verdict, 'waived');
  const anna = unscannedLedger();
  grantPerson(anna, 'machine', 'pipeline', 'anna');
  sign(anna, MANIFEST, { by: 'machine' });
  grantPerson(anna, 'machine', 'pipeline', 'robot');
  request(anna);
  approve(anna);
  assertExemptsNothing(verify(anna), 'waiver/by-builder');
});

test('waivers are asked for and approved by those who may, and by nobody else (principal/wrong-role and others)', () => {
  const cases = [
    ['shop-ci', 'principal/wrong-role'],
    ['reader', 'principal/wrong-role'],
    ['watcher', 'principal/wrong-role'],
    ['elsewhere', 'principal/wrong-repository'],
    ['stranger', 'principal/no-grant'],
    ['service', 'principal/name-reserved'],
    ['gone', 'principal/revoked'],
  ] as const;
  for (const [by, reason] of cases) {
    for (const asks of [true, false]) {
      const ledger = unscannedLedger();
      grantPerson(ledger, 'reader', 'auditor', 'dora');
      grantPerson(ledger, 'watcher', 'operator', 'emil');
      grantPerson(ledger, 'elsewhere', 'release-manager', 'fritz', ['bank/*']);
      grantPerson(ledger, 'gone', 'release-manager', 'gerd');
      ledger.append({ kind: 'principal.revoked', principal: 'bootstrap-admin', body: { principal: 'gone' } });
      request(ledger, asks ? { by } : {});
      approve(ledger, asks ? {} : { by });
      assertExemptsNothing(verify(ledger), reason);
    }
  }
  const admins = unscannedLedger();
  grantPerson(admins, 'root', 'admin', 'hans');
  request(admins, { by: 'root' });
  approve(admins);
  assert.equal(verify(admins).verdict, 'waived');
});

test('broken glass exempts at once, for 24 hours, by a release manager alone (waiver/break-glass-lapsed)', () => {
  const ledger = unscannedLedger();
  request(ledger, { breakGlass: true });
  const result = verify(ledger);
  assert.equal(result.verdict, 'waived', findings(result).join('\n'));
  const [waiver] = result.waivers;
  assert.equal(waiver?.approveBefore, later(waiver?.requested.time ?? '', DAY_MS));
  assert.equal(result.validUntil, waiver?.approveBefore);
  const lapses = waiver?.approveBefore ?? '';
  assert.equal(verify(ledger, { evaluatedAt: later(lapses, -1) }).verdict, 'waived');
  for (const late of [0, 1])
    assertExemptsNothing(verify(ledger, { evaluatedAt: later(lapses, late) }), 'waiver/break-glass-lapsed');
  // Two days later nobody makes it good any more.
  approve(ledger, { entry: { time: later(lapses, DAY_MS) } });
  assertExemptsNothing(verify(ledger), 'waiver/break-glass-lapsed');
});

test('broken glass that a second person approved in time lasts until it expires', () => {
  const ledger = unscannedLedger();
  request(ledger, { breakGlass: true });
  const { requested, expires = '' } = verify(ledger).waivers[0] ?? {};
  approve(ledger, { entry: { time: later(requested?.time ?? '', DAY_MS - 1) } });
  const result = verify(ledger, { evaluatedAt: later(expires, -1) });
  assert.equal(result.verdict, 'waived', findings(result).join('\n'));
  assert.equal(result.validUntil, expires);
});

test('the glass is not broken by administrators, by builders, or by nobody (principal/wrong-role, waiver/by-builder, waiver/person-unknown)', () => {
  for (const [by, reason] of [
    ['root', 'principal/wrong-role'],
    ['robot-in-person', 'waiver/by-builder'],
    ['nobody', 'waiver/person-unknown'],
  ] as const) {
    const ledger = unscannedLedger();
    grantPerson(ledger, 'root', 'admin', 'hans');
    grantPerson(ledger, 'robot-in-person', 'release-manager', 'robot');
    grantPerson(ledger, 'nobody', 'release-manager', null);
    request(ledger, { breakGlass: true, by });
    assertExemptsNothing(verify(ledger), reason);
  }
});

test('an approval of the same person does not end the 24 hours, nor outlast them', () => {
  const ledger = unscannedLedger();
  request(ledger, { breakGlass: true });
  approve(ledger, { by: 'anna' });
  const result = verify(ledger);
  assert.equal(result.verdict, 'waived');
  const lapses = result.waivers[0]?.approveBefore ?? '';
  assertExemptsNothing(verify(ledger, { evaluatedAt: lapses }), 'waiver/break-glass-lapsed');
});

/** Anna broke the glass, and again half a day later under another principal of hers. */
function brokenTwice(): { readonly ledger: LedgerUnderTest; readonly first: string } {
  const ledger = unscannedLedger();
  grantPerson(ledger, 'anna-at-home', 'release-manager', 'anna');
  const first = ledger.entry(request(ledger, { breakGlass: true })).time;
  const entry = { time: later(first, DAY_MS / 2) };
  request(ledger, { breakGlass: true, waiver: OTHER_WAIVER, by: 'anna-at-home', entry });
  return { ledger, first };
}

test('a person breaks the same glass once, until somebody approved that (waiver/break-glass-again)', () => {
  const { ledger, first } = brokenTwice();
  assert.equal(verify(ledger).validUntil, later(first, DAY_MS), 'the second request adds nothing to the first');
  const next = verify(ledger, { evaluatedAt: later(first, DAY_MS) });
  assert.deepEqual(
    next.waivers.map(({ fault, awaitsApproval }) => [fault, awaitsApproval]),
    [
      ['waiver/break-glass-lapsed', undefined],
      ['waiver/break-glass-again', true],
    ],
  );
  assert.equal(next.verdict, 'fail');
});

test('another person breaks the same glass, and an approval of either request is a second person', () => {
  const { ledger: byBen, first } = brokenTwice();
  request(byBen, { breakGlass: true, waiver: `w-${'b2'.repeat(13)}`, by: 'ben' });
  assert.equal(verify(byBen, { evaluatedAt: later(first, DAY_MS) }).verdict, 'waived');
  for (const waiver of [WAIVER, OTHER_WAIVER]) {
    const { ledger } = brokenTwice();
    approve(ledger, { waiver });
    assert.equal(verify(ledger, { evaluatedAt: later(first, DAY_MS) }).verdict, 'waived');
  }
});

test('a revoked break-glass is broken all the same, and another rule is another glass (waiver/break-glass-again)', () => {
  const revoked = unscannedLedger();
  request(revoked, { breakGlass: true });
  revokeWaiver(revoked);
  request(revoked, { breakGlass: true, waiver: OTHER_WAIVER });
  assertFound(verify(revoked), 'fail', 'waiver/in-force', 'waiver/break-glass-again');
  const other = unscannedLedger();
  request(other, { breakGlass: true, check: 'contract/rule', rule: 'nothing-critical' });
  request(other, { breakGlass: true, waiver: OTHER_WAIVER });
  assert.equal(verify(other).verdict, 'waived');
});
