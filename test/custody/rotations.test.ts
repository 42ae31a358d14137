import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { attest, grant, openedLedger, publish, REPOSITORY, register, revoke, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { type RotateOptions, rotate } from './rotation-under-test.ts';
import { assertFound, assertPasses, findings, verify } from './verify-under-test.ts';

const NEVER = '2030-01-01T00:00:00.000Z';

/** The opened log with the image signed: `unjudged` until something is wrong. */
function signedLedger(): LedgerUnderTest {
  const ledger = openedLedger();
  sign(ledger);
  return ledger;
}

/** The ledger in which `next` followed the pipeline's key, and attested. */
function rotatedLedger(options: RotateOptions = {}): LedgerUnderTest {
  const ledger = signedLedger();
  rotate(ledger, 'pipeline', 'next', options);
  attest(ledger, { key: 'next' });
  return ledger;
}

function assertUnjudged(ledger: LedgerUnderTest): void {
  const result = verify(ledger);
  assert.deepEqual(findings(result), ['not-run contract/covers contract/none']);
  assert.equal(result.verdict, 'unjudged');
}

test('both keys count during the overlap', () => {
  const ledger = rotatedLedger();
  attest(ledger, { key: 'pipeline', stage: 'test' });
  assertUnjudged(ledger);
});

test('from the end of the overlap on the old key does not count, up to a millisecond (signer/rotated)', () => {
  const until = '2026-03-02T00:00:00.000Z';
  for (const [time, good] of [
    ['2026-03-01T23:59:59.999Z', true],
    [until, false],
    ['2026-03-02T00:00:00.001Z', false],
  ] as const) {
    const ledger = rotatedLedger({ until });
    attest(ledger, { entry: { time } });
    if (good) assertUnjudged(ledger);
    else {
      const found = assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/rotated');
      assert.equal(found.detail, until);
    }
    const successor = rotatedLedger({ until });
    attest(successor, { key: 'next', stage: 'test', entry: { time } });
    assertUnjudged(successor);
  }
});

test('a rotation reaches back to nothing: what stands before it counts, whatever its end says, also at the same time', () => {
  const ledger = signedLedger();
  attest(ledger);
  const { time } = ledger.entry(ledger.size - 2);
  rotate(ledger, 'pipeline', 'next', { until: '2020-01-01T00:00:00.000Z', entry: { time } });
  assertUnjudged(ledger);
  attest(ledger, { stage: 'test' });
  assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/rotated');
});

test('a successor used before its rotation was not in force (signer/registered-later)', () => {
  const ledger = signedLedger();
  attest(ledger, { key: 'next' });
  rotate(ledger, 'pipeline', 'next');
  assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/registered-later');
});

test('a contract that names a key counts those that follow it, and never the other way round (contract/wrong-signer)', () => {
  const ledger = signedLedger();
  const first = ledger.key('pipeline').signer;
  const contract = { contract: 'shop', repositories: [REPOSITORY], stages: [{ stage: 'test', signers: [first] }] };
  publish(ledger, contract);
  rotate(ledger, 'pipeline', 'second');
  rotate(ledger, 'second', 'third');
  attest(ledger, { key: 'third' });
  assertPasses(verify(ledger));
  const backwards = signedLedger();
  const second = backwards.key('second').signer;
  publish(backwards, { ...contract, stages: [{ stage: 'test', signers: [second] }] });
  rotate(backwards, 'pipeline', 'second');
  attest(backwards);
  assertFound(verify(backwards), 'fail', 'contract/stage', 'contract/wrong-signer');
});

test('a key that follows another one is not the one that the contract names (contract/wrong-signer)', () => {
  const ledger = signedLedger();
  register(ledger, 'other');
  publish(ledger, {
    contract: 'shop',
    repositories: [REPOSITORY],
    stages: [{ stage: 'test', signers: [ledger.key('pipeline').signer] }],
  });
  rotate(ledger, 'other', 'next');
  attest(ledger, { key: 'next' });
  assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/wrong-signer');
});

test('both keys sign the rotation (signer/rotation-not-signed)', () => {
  for (const signedBy of [['pipeline'], ['next'], ['pipeline', 'stranger'], ['next', 'next']]) {
    assertFound(verify(rotatedLedger({ signedBy })), 'fail', 'signer/known', 'signer/rotation-not-signed');
  }
  assertUnjudged(rotatedLedger({ signedBy: ['stranger', 'next', 'pipeline'] }));
});

test('the envelope is that of this rotation (signer/rotation-differs)', () => {
  for (const said of [{ log: 'waybill-ffff' }, { signer: 'image' }, { successor: 'stranger' }, { until: NEVER }]) {
    assertFound(verify(rotatedLedger({ said })), 'fail', 'signer/known', 'signer/rotation-differs');
  }
});

test('an envelope over anything else is no rotation (signer/malformed-rotation, dsse/malformed-envelope)', () => {
  const other = rotatedLedger({ payloadType: 'application/vnd.in-toto+json' });
  assertFound(verify(other), 'fail', 'signer/known', 'signer/malformed-rotation');
  const none = rotatedLedger({ bytes: encodeUtf8('{}') });
  assertFound(verify(none), 'fail', 'signer/known', 'dsse/malformed-envelope');
});

test('a successor reaches no farther than the key before it (signer/wider-than-predecessor)', () => {
  const narrow = (options: RotateOptions) => {
    const ledger = signedLedger();
    register(ledger, 'narrow', { repositories: ['shop/api', 'shop/web/*'], stages: ['test', 'scan'] });
    rotate(ledger, 'narrow', 'next', options);
    attest(ledger, { key: 'next' });
    return ledger;
  };
  const stages = ['test'];
  assertUnjudged(narrow({ repositories: ['shop/api', 'shop/web/a', 'shop/web/b/*'], stages }));
  for (const repositories of [['*'], ['shop/*'], ['shop/web'], ['shop/api', 'shop/webs/a']]) {
    const found = verify(narrow({ repositories, stages }));
    assertFound(found, 'fail', 'signer/known', 'signer/wider-than-predecessor');
  }
  const more = narrow({ repositories: ['shop/api'], stages: ['test', 'build'] });
  assertFound(verify(more), 'fail', 'signer/known', 'signer/wider-than-predecessor');
});

test('a key is followed once (signer/rotated-twice)', () => {
  const ledger = rotatedLedger();
  rotate(ledger, 'pipeline', 'other');
  attest(ledger, { stage: 'test' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'signer/rotated-twice');
});

test('a key that is known takes nobody’s place (signer/registered-twice)', () => {
  const ledger = signedLedger();
  register(ledger, 'next');
  rotate(ledger, 'pipeline', 'next');
  attest(ledger, { key: 'next' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'signer/registered-twice');
  const again = rotatedLedger();
  register(again, 'next');
  assertFound(verify(again), 'fail', 'signer/known', 'signer/registered-twice');
});

test('a rotation of a key that was never registered registers nothing (signer/not-registered)', () => {
  const ledger = signedLedger();
  rotate(ledger, 'stranger', 'next');
  attest(ledger, { key: 'next' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'signer/not-registered');
});

test('a rotation by somebody who may not leaves neither key (principal/wrong-role, principal/name-reserved)', () => {
  for (const [by, reason] of [
    ['shop-ci', 'principal/wrong-role'],
    ['service', 'principal/name-reserved'],
  ] as const) {
    const ledger = rotatedLedger({ by });
    assertFound(verify(ledger), 'fail', 'signer/known', reason);
    const old = signedLedger();
    attest(old);
    rotate(old, 'pipeline', 'next', { by });
    assertFound(verify(old), 'fail', 'signer/known', reason);
  }
});

test('an administrator cannot let a key follow one of the service (principal/wrong-role)', () => {
  const ledger = openedLedger();
  rotate(ledger, 'image', 'planted');
  sign(ledger, undefined, { key: 'planted' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'principal/wrong-role');
});

test('the service lets a key of its own follow another, and signatures before and after hold', () => {
  const ledger = signedLedger();
  rotate(ledger, 'image', 'image-2', { by: 'service', until: '2026-03-01T12:30:00.000Z' });
  sign(ledger, undefined, { key: 'image-2', entry: { time: '2026-03-01T13:00:00.000Z' } });
  assertUnjudged(ledger);
});

test('a revocation of the key before, from before the rotation on, takes what follows with it (signer/predecessor-revoked)', () => {
  const ledger = signedLedger();
  rotate(ledger, 'pipeline', 'next');
  const rotated = ledger.entry(ledger.size - 2);
  assert.equal(rotated.kind, 'signer.rotated');
  rotate(ledger, 'next', 'third');
  attest(ledger, { key: 'third' });
  revoke(ledger, 'pipeline', '2026-12-01T00:00:00.000Z');
  assertUnjudged(ledger);
  revoke(ledger, 'pipeline', rotated.time);
  assertFound(verify(ledger), 'fail', 'signer/in-force', 'signer/predecessor-revoked');
});

test('a revocation of the key before, from after the rotation on, leaves what follows', () => {
  const ledger = signedLedger();
  const seq = rotate(ledger, 'pipeline', 'next');
  attest(ledger, { key: 'next' });
  const justAfter = ledger.entry(seq).time.replace('.000Z', '.001Z');
  revoke(ledger, 'pipeline', justAfter);
  assertUnjudged(ledger);
});

test('what withholds the list or the document of the key before shows nothing of the successor (list/claim-missing, payload/absent)', () => {
  const ledger = rotatedLedger();
  const key = `signer:${ledger.key('pipeline').signer}`;
  const registered = 6;
  assert.equal(ledger.entry(registered).kind, 'signer.registered');
  const withheld = verify(ledger, {
    edit: (parts) => ({ ...parts, lists: parts.lists.filter((list) => list.key !== key) }),
  });
  assertFound(withheld, 'fail', 'list/complete', 'list/claim-missing');
  assertFound(withheld, 'fail', 'signer/known', 'list/gap');
  const absent = verify(ledger, { withoutPayloads: [registered] });
  assertFound(absent, 'fail', 'signer/known', 'payload/absent');
});

test('a long chain of keys is followed to its first', () => {
  const ledger = signedLedger();
  publish(ledger, {
    contract: 'shop',
    repositories: [REPOSITORY],
    stages: [{ stage: 'test', signers: [ledger.key('pipeline').signer] }],
  });
  let last = 'pipeline';
  for (let number = 0; number < 200; number += 1) {
    rotate(ledger, last, `key-${number}`);
    last = `key-${number}`;
  }
  attest(ledger, { key: last });
  const keys = Array.from({ length: 200 }, (_, number) => `signer:${ledger.key(`key-${number}`).signer}`);
  assertPasses(verify(ledger, { keys }));
});

test('a rotation by an administrator who had lost the role is none (principal/revoked)', () => {
  const ledger = signedLedger();
  grant(ledger, 'anna', 'admin');
  ledger.append({ kind: 'principal.revoked', principal: 'bootstrap-admin', body: { principal: 'anna' } });
  rotate(ledger, 'pipeline', 'next', { by: 'anna' });
  attest(ledger, { key: 'next' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'principal/revoked');
});
