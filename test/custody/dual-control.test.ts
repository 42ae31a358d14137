import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustodyResult } from '../../src/core/custody/verify-custody.ts';
import { attest, CONTRACT, grant, IMAGE, publish, REPOSITORY, register, sign } from './custody-under-test.ts';
import {
  deliver,
  dualCustody,
  dualLedger,
  peopledLedger,
  proposalOf,
  proposed,
  setDual,
} from './dual-control-under-test.ts';
import type { Draft, LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, findings, verify } from './verify-under-test.ts';

/** A contract that asks for more than the image has, so that it shows when it is in force. */
const STRICTER = { ...CONTRACT, stages: [...CONTRACT.stages, { stage: 'review' }] };
const LOOSER = { ...CONTRACT, stages: [] };

const loosen = (ledger: LedgerUnderTest, by = 'ben') =>
  publish(ledger, LOOSER, { version: 2, previous: CONTRACT.repositories, by });

/** A change that two people are not behind: its check fails, and the contract before it is in force. */
function assertNoEffect(ledger: LedgerUnderTest, reason: string, seq?: number): void {
  const result = verify(ledger);
  const check = assertFound(result, 'fail', 'dual-control/two-people', reason);
  if (seq !== undefined) assert.equal(check.seq, seq);
  assert.deepEqual(
    result.contracts.map(({ contract, version }) => [contract, version]),
    [['shop', 1]],
    findings(result).join('\n'),
  );
}

const peopleOf = (result: CustodyResult) => result.checks.filter(({ code }) => code === 'dual-control/two-people');

test('what one person proposed and another made counts, and each change is checked', () => {
  const ledger = dualCustody();
  const result = verify(ledger);
  assertPasses(result);
  assert.deepEqual(
    peopleOf(result).map(({ outcome, detail }) => [outcome, detail]),
    [
      ['pass', 'settings.changed'],
      ['pass', 'contract.published'],
    ],
  );
  proposed(ledger, () => loosen(ledger));
  assert.equal(verify(ledger).contracts[0]?.version, 2);
  proposed(ledger, () => publish(ledger, STRICTER, { version: 3, previous: CONTRACT.repositories, by: 'dora' }));
  assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/stage-missing');
});

test('without dual control nothing is asked for, and proposals are passed over wherever they stand', () => {
  const ledger = peopledLedger();
  proposed(ledger, () => publish(ledger, CONTRACT, { by: 'anna' }), { by: 'anna' });
  proposed(ledger, () => register(ledger, 'own', { by: 'anna' }), { by: 'anna' });
  ledger.append(proposalOf({ kind: 'principal.revoked', principal: 'anna', body: { principal: 'shop-ci' } }));
  ledger.append(proposalOf({ kind: 'contract.withdrawn', principal: 'anna', body: { contract: 'shop' } }));
  sign(ledger);
  attest(ledger, { stage: 'test', key: 'own' });
  attest(ledger, { stage: 'scan' });
  const result = verify(ledger);
  assertPasses(result);
  assert.deepEqual(peopleOf(result), []);
});

test('whoever changes something alone changes nothing, and is seen (dual-control/not-proposed)', () => {
  const ledger = dualCustody();
  assertNoEffect(ledger, 'dual-control/not-proposed', loosen(ledger));
});

test('nobody is two people, under whatever principal (dual-control/same-person)', () => {
  for (const by of ['anna', 'anna-2']) {
    const ledger = dualCustody();
    assertNoEffect(
      ledger,
      'dual-control/same-person',
      proposed(ledger, () => loosen(ledger, by)),
    );
  }
});

test('people whom no grant names are nobody (dual-control/person-unknown)', () => {
  for (const [first, second] of [
    ['carl', 'ben'],
    ['anna', 'carl'],
    ['bootstrap-admin', 'ben'],
  ] as const) {
    const ledger = dualCustody();
    assertNoEffect(
      ledger,
      'dual-control/person-unknown',
      proposed(ledger, () => loosen(ledger, second), { by: first }),
    );
  }
});

test('whoever may not make a change may not propose it (principal/wrong-role, principal/no-grant)', () => {
  const ledger = dualLedger();
  const release = { by: 'ben', person: 'rita' };
  proposed(ledger, () => grant(ledger, 'rita', 'release-manager', release));
  proposed(ledger, () => publish(ledger, CONTRACT, { by: 'ben' }));
  deliver(ledger);
  assertPasses(verify(ledger));
  proposed(ledger, () => loosen(ledger), { by: 'rita' });
  assertNoEffect(ledger, 'principal/wrong-role');
  const other = dualCustody();
  proposed(other, () => loosen(other), { by: 'nobody' });
  assertNoEffect(other, 'principal/no-grant');
});

test('whoever has left since is none of the two (principal/revoked)', () => {
  const revokeAnna = (ledger: LedgerUnderTest) =>
    proposed(
      ledger,
      () => ledger.append({ kind: 'principal.revoked', principal: 'dora', body: { principal: 'anna' } }),
      { by: 'ben' },
    );
  const before = dualCustody();
  revokeAnna(before);
  proposed(before, () => loosen(before));
  assertNoEffect(before, 'principal/revoked');
  const between = dualCustody();
  proposed(between, () => loosen(between), { between: () => revokeAnna(between) });
  assertNoEffect(between, 'principal/revoked');
});

test('whoever became the other person between proposal and change is one (dual-control/same-person)', () => {
  const ledger = dualCustody();
  const rename = () =>
    proposed(ledger, () => grant(ledger, 'anna', 'admin', { person: 'ben', by: 'dora' }), { by: 'ben' });
  proposed(ledger, () => loosen(ledger), { between: rename });
  assertNoEffect(ledger, 'dual-control/same-person');
});

test('a proposal is for one place: it is used once, and by nothing that stands elsewhere (dual-control/not-proposed)', () => {
  const again = dualCustody();
  proposed(again, () => publish(again, CONTRACT, { version: 2, previous: CONTRACT.repositories, by: 'ben' }));
  loosen(again, 'dora');
  const result = verify(again);
  assertFound(result, 'fail', 'dual-control/two-people', 'dual-control/not-proposed');
  assert.equal(result.contracts[0]?.version, 2);
  const late = dualCustody();
  const draft = proposalOf({ kind: 'contract.withdrawn', principal: 'x', body: { contract: 'shop', version: 1 } });
  loosen(late);
  late.append(draft);
  assertNoEffect(late, 'dual-control/not-proposed');
});

test('a proposal is for one change, to the byte (dual-control/other-change)', () => {
  const other = { mediaType: 'application/vnd.waybill.contract+json', bytes: new TextEncoder().encode('{}') };
  for (const change of [
    (draft: Draft) => ({ ...draft, document: other }),
    (draft: Draft) => ({
      ...draft,
      document: { ...other, bytes: draft.document?.bytes ?? other.bytes, mediaType: 'text/plain' },
    }),
    (draft: Draft) => ({ ...draft, body: { ...(draft.body as object), version: 3 } }),
  ]) {
    const ledger = dualCustody();
    proposed(ledger, () => loosen(ledger), { change });
    assertNoEffect(ledger, 'dual-control/other-change');
  }
  const hidden = dualCustody();
  // What was proposed is withdrawn from sight by another proposal in between.
  proposed(hidden, () => loosen(hidden), {
    between: () =>
      hidden.append(proposalOf({ kind: 'contract.withdrawn', principal: 'anna', body: { contract: 'shop' } })),
  });
  assertNoEffect(hidden, 'dual-control/other-change');
  const setting = dualCustody();
  proposed(setting, () => setDual(setting), { change: (draft) => ({ ...draft, body: { dualControl: false } }) });
  assertFound(verify(setting), 'fail', 'dual-control/two-people', 'dual-control/other-change');
});

test('a proposal that is not shown, or whose document is not, shows nothing (list/gap, payload/absent)', () => {
  const ledger = dualCustody();
  const made = proposed(ledger, () => loosen(ledger));
  assertPasses(verify(ledger));
  const gap = verify(ledger, { without: [made - 1] });
  assert.equal(assertFound(gap, 'fail', 'list/complete', 'list/gap').key, 'contract:shop');
  assert.equal(assertFound(gap, 'fail', 'dual-control/two-people', 'custody/blocked').outcome, 'not-run');
  const hidden = verify(ledger, { withoutPayloads: [made - 1] });
  const check = assertFound(hidden, 'fail', 'dual-control/two-people', 'payload/absent');
  assert.deepEqual([check.outcome, hidden.contracts[0]?.version], ['not-run', 1]);
});

test('it is turned on by two people, and off by two (dual-control/not-proposed)', () => {
  const on = peopledLedger();
  setDual(on);
  publish(on, CONTRACT, { by: 'ben' });
  deliver(on);
  const alone = verify(on);
  assertFound(alone, 'fail', 'dual-control/two-people', 'dual-control/not-proposed');
  assert.equal(peopleOf(alone).length, 1, 'what one person set does not bind');
  const off = dualCustody();
  setDual(off, false);
  assertNoEffect(off, 'dual-control/not-proposed');
  loosen(off);
  assertNoEffect(off, 'dual-control/not-proposed');
  const both = dualCustody();
  proposed(both, () => setDual(both, false));
  loosen(both);
  const result = verify(both);
  assertPasses(result);
  assert.equal(result.contracts[0]?.version, 2);
  proposed(both, () => setDual(both, true, 'anna'), { by: 'ben' });
  publish(both, CONTRACT, { version: 3, previous: CONTRACT.repositories, by: 'ben' });
  assertFound(verify(both), 'fail', 'dual-control/two-people', 'dual-control/not-proposed');
});

test('the service itself does not turn it off (dual-control/not-proposed, principal/name-reserved)', () => {
  const alone = dualCustody();
  setDual(alone, false, 'service');
  assertNoEffect(alone, 'dual-control/not-proposed');
  const second = dualCustody();
  proposed(second, () => setDual(second, false, 'service'));
  loosen(second);
  assertNoEffect(second, 'principal/name-reserved');
  const first = dualCustody();
  proposed(first, () => setDual(first, false), { by: 'service' });
  loosen(first);
  assertNoEffect(first, 'principal/name-reserved');
});

test('one person makes nobody an administrator, a release manager or a person, and unmakes none', () => {
  for (const [who, make] of [
    ['eve', (ledger) => grant(ledger, 'eve', 'admin', { person: 'eve', by: 'ben' })],
    ['eve', (ledger) => grant(ledger, 'eve', 'release-manager', { by: 'ben' })],
    ['eve', (ledger) => grant(ledger, 'eve', 'pipeline', { person: 'eve', by: 'ben' })],
    ['carl', (ledger) => grant(ledger, 'carl', 'admin', { person: 'carl', by: 'ben' })],
  ] as readonly (readonly [string, (ledger: LedgerUnderTest) => number])[]) {
    const ledger = dualCustody();
    const seq = make(ledger);
    proposed(ledger, () => loosen(ledger), { by: who });
    const result = verify(ledger);
    const check = assertFound(result, 'fail', 'dual-control/two-people', 'dual-control/not-proposed');
    assert.deepEqual([check.seq, result.contracts[0]?.version], [seq, 1], findings(result).join('\n'));
  }
  const revoked = dualCustody();
  revoked.append({ kind: 'principal.revoked', principal: 'ben', body: { principal: 'anna' } });
  proposed(revoked, () => loosen(revoked));
  const result = verify(revoked);
  assertFound(result, 'fail', 'dual-control/two-people', 'dual-control/not-proposed');
  assert.equal(result.contracts[0]?.version, 2, 'whom one person took the role from holds it');
  const free = dualCustody();
  grant(free, 'other-ci', 'pipeline', { by: 'ben' });
  sign(free, undefined, { by: 'other-ci' });
  assertPasses(verify(free));
});

test('one person registers no signer and revokes none', () => {
  const registered = dualCustody();
  register(registered, 'own', { by: 'ben' });
  attest(registered, { stage: 'scan', key: 'own' });
  const result = verify(registered);
  assertFound(result, 'fail', 'dual-control/two-people', 'dual-control/not-proposed');
  assertFound(result, 'fail', 'signer/known', 'signer/not-registered');
  const { signer } = registered.key('pipeline');
  const revoked = dualCustody();
  const body = { signer, effective: '2026-03-01T12:00:00.000Z' };
  revoked.append({ kind: 'signer.revoked', principal: 'ben', body });
  const after = verify(revoked);
  assertFound(after, 'fail', 'dual-control/two-people', 'dual-control/not-proposed');
  assert(after.checks.every(({ code, outcome }) => code !== 'signer/in-force' || outcome === 'pass'));
  const both = dualCustody();
  proposed(both, () => both.append({ kind: 'signer.revoked', principal: 'ben', body }));
  assertFound(verify(both), 'fail', 'signer/in-force', 'signer/revoked');
});

test('a token for another person takes two, too (dual-control/not-proposed)', () => {
  const issue = (ledger: LedgerUnderTest) =>
    ledger.append({ kind: 'token.issued', principal: 'ben', body: { principal: 'shop-ci', lifetimeSeconds: 600 } });
  const ledger = dualCustody();
  proposed(ledger, () => issue(ledger));
  assertPasses(verify(ledger));
  issue(ledger);
  assertFound(verify(ledger), 'fail', 'dual-control/two-people', 'dual-control/not-proposed');
});

test('a question about the past is judged by what held then', () => {
  const ledger = dualCustody();
  const size = ledger.size;
  loosen(ledger);
  const question = { subject: IMAGE, repository: REPOSITORY, asOf: { size, view: 'then' } } as const;
  assertPasses(verify(ledger, { question }));
});
