import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contractKey, principalKey, TRUST_KEY } from '../../src/core/entry/keys.ts';
import { formatGrantDocument, GRANT_MEDIA_TYPE } from '../../src/core/trust/grant-document.ts';
import type { Caller } from '../../src/service/caller.ts';
import { openService } from '../../src/service/open-service.ts';
import type { ChangeRequest } from '../../src/service/propose-change.ts';
import { CONTROL } from '../custody/control-under-test.ts';
import { IMAGE, IMAGE_REPOSITORY, MANIFEST } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { agreeTo, agreeToContract } from './agreement.ts';
import { contract, openPeople, publication, SCOPE } from './people-under-test.ts';

test('two people turn dual control on, publish a contract, and every reader finds both', async () => {
  await using shop = await openPeople();
  const { service, anna, ben, refused, propose } = shop;
  await refused(propose(anna, publication('1')), 'dual-control/off');
  await refused(service.changeSettings(ben, { dualControl: true }), 'dual-control/not-proposed');
  const on = await shop.turnOn();
  const again = await service.changeSettings(anna, { dualControl: true });
  assert(again.ok && again.value.duplicate && again.value.seq === on.seq, 'what holds already is found');
  await refused(service.publishContract(ben, contract('1')), 'dual-control/not-proposed');
  const proposed = await propose(anna, publication('1'));
  assert(proposed.ok, JSON.stringify(proposed));
  const repeated = await propose(anna, publication('1'));
  assert(repeated.ok && repeated.value.duplicate && repeated.value.seq === proposed.value.seq);
  const listed = await service.listChanges(ben, { limit: 50 });
  assert(listed.ok);
  assert.deepEqual(
    listed.value.items.map(({ key, kind, person, proposal }) => [key, kind, person, proposal]),
    [['contract:shop', 'contract.published', 'anna', proposed.value.seq]],
  );
  await refused(service.publishContract(anna, contract('1')), 'dual-control/same-person');
  await refused(service.publishContract(shop.anna2, contract('1')), 'dual-control/same-person');
  await refused(service.publishContract(shop.carl, contract('1')), 'dual-control/person-unknown');
  await refused(service.publishContract(ben, contract('2')), 'dual-control/other-change');
  const published = await service.publishContract(ben, contract('1'));
  assert(published.ok && published.value.version === 1, JSON.stringify(published));
  const found = await service.publishContract(ben, contract('1'));
  assert(
    found.ok && found.value.duplicate && found.value.seq === published.value.seq,
    'a retry gets its first receipt',
  );
  const nothing = await service.listChanges(ben, { limit: 50 });
  assert(nothing.ok && nothing.value.items.length === 0);
  assert((await service.signImage(ben, { manifest: MANIFEST, repository: IMAGE_REPOSITORY })).ok);
  const verified = await service.verifyCustody(ben, { digest: IMAGE, repository: IMAGE_REPOSITORY });
  assert(verified.ok && verified.value.verdict === 'pass', JSON.stringify(verified));
  const people = verified.value.checks.filter(({ code }) => code === 'dual-control/two-people');
  assert.deepEqual(
    people.map(({ outcome, detail }) => [outcome, detail]),
    [
      ['pass', 'settings.changed'],
      ['pass', 'contract.published'],
    ],
  );
});

test('a proposal is used once, and what moves the list takes its place (dual-control/not-proposed)', async () => {
  await using shop = await openPeople();
  const { service, anna, ben, refused, propose } = shop;
  await shop.turnOn();
  assert((await propose(anna, publication('1'))).ok);
  assert((await service.publishContract(ben, contract('1'))).ok);
  assert((await propose(anna, publication('2', 2))).ok);
  // The version in force is found, though a proposal stands behind it.
  const found = await service.publishContract(ben, contract('1'));
  assert(found.ok && found.value.duplicate);
  assert((await propose(ben, publication('3', 2))).ok);
  await refused(service.publishContract(ben, contract('2')), 'dual-control/other-change');
  await refused(service.publishContract(ben, contract('3')), 'dual-control/same-person');
  assert((await service.publishContract(anna, contract('3'))).ok);
  await refused(service.publishContract(ben, contract('2')), 'dual-control/not-proposed');
  await refused(service.withdrawContract(ben, 'shop'), 'dual-control/not-proposed');
  const withdrawal = { contract: 'shop', version: 2, repositories: ['shop/*'] };
  assert((await propose(anna, { kind: 'contract.withdrawn', body: withdrawal })).ok);
  const withdrawn = await service.withdrawContract(ben, 'shop');
  assert(withdrawn.ok && withdrawn.value.withdrawn);
});

test('people are made and unmade by two, pipelines by one', async () => {
  await using shop = await openPeople();
  const { service, anna, ben, refused, propose } = shop;
  await shop.turnOn();
  const eve = { role: 'admin', ...SCOPE, person: 'eve' } as const;
  await refused(service.grantPrincipal(ben, { principal: 'eve', ...eve }), 'dual-control/not-proposed');
  await refused(service.revokePrincipal(ben, 'anna'), 'dual-control/not-proposed');
  assert((await service.grantPrincipal(ben, { principal: 'ci', role: 'pipeline', ...SCOPE })).ok);
  const document = formatGrantDocument(eve);
  const body = { principal: 'eve', role: 'admin' };
  assert((await propose(anna, { kind: 'principal.granted', body, mediaType: GRANT_MEDIA_TYPE, document })).ok);
  const unknown = await service.readPrincipal(ben, 'eve');
  assert(!unknown.ok && unknown.fault.code === 'principal/unknown', 'who is proposed is nobody yet');
  assert((await service.grantPrincipal(ben, { principal: 'eve', ...eve })).ok);
  assert((await propose(anna, { kind: 'principal.revoked', body: { principal: 'eve' } })).ok);
  assert((await service.revokePrincipal(ben, 'eve')).ok);
  // Whoever has left since is none of the two.
  assert((await propose(anna, publication('1'))).ok);
  assert((await propose(ben, { kind: 'principal.revoked', body: { principal: 'anna' } })).ok);
  assert((await service.revokePrincipal(shop.anna2, 'anna')).ok);
  await refused(service.publishContract(ben, contract('1')), 'dual-control/not-proposed');
});

test('a token for another person is handed out to the second of two, once', async () => {
  await using shop = await openPeople();
  const { service, anna, ben, refused, propose } = shop;
  assert((await service.grantPrincipal(ben, { principal: 'ci', role: 'pipeline', ...SCOPE })).ok);
  const rita = { principal: 'rita', role: 'release-manager', ...SCOPE, person: 'rita' } as const;
  assert((await service.grantPrincipal(ben, rita)).ok);
  await shop.turnOn();
  const token = (by: Caller, principal: string, lifetimeSeconds = 600) =>
    service.createToken(by, { principal, lifetimeSeconds, title: 't' });
  for (const [by, principal] of [
    [ben, 'ben'],
    [ben, 'ci'],
    [anna, 'anna-2'],
    [shop.carl, 'carl'],
  ] as const)
    assert((await token(by, principal)).ok, principal);
  for (const principal of ['rita', 'anna', 'carl', 'bootstrap-admin'])
    await refused(token(ben, principal), 'dual-control/not-proposed');
  const body = { principal: 'rita', lifetimeSeconds: 600 };
  assert((await propose(anna, { kind: 'token.issued', body })).ok);
  await refused(token(anna, 'rita'), 'dual-control/same-person');
  await refused(token(ben, 'rita', 601), 'dual-control/other-change');
  const atOnce = await Promise.all([token(ben, 'rita'), token(ben, 'rita')]);
  assert.equal(atOnce.filter(({ ok }) => ok).length, 1, 'one proposal is one token');
  await refused(token(ben, 'rita'), 'dual-control/not-proposed');
  const made = atOnce.find(({ ok }) => ok);
  assert(made?.ok);
  const caller = await service.authenticate(made.value.token);
  assert(caller.ok && caller.value.principal === 'rita');
});

test('whoever becomes a person by two people begins without the tokens that were made alone (auth/token-unknown)', async () => {
  await using shop = await openPeople();
  const { service, anna, ben, propose } = shop;
  await shop.turnOn();
  assert((await service.grantPrincipal(anna, { principal: 'bob', role: 'pipeline', ...SCOPE })).ok);
  const early = await service.createToken(anna, { principal: 'bob', lifetimeSeconds: 600, title: 't' });
  assert(early.ok && (await service.authenticate(early.value.token)).ok);
  const bob = { role: 'admin', ...SCOPE, person: 'bob' } as const;
  const grant = async (by: Caller, other: Caller, title: string) => {
    const document = formatGrantDocument({ ...bob, title });
    const body = { principal: 'bob', role: 'admin' };
    assert((await propose(by, { kind: 'principal.granted', body, mediaType: GRANT_MEDIA_TYPE, document })).ok);
    assert((await service.grantPrincipal(other, { principal: 'bob', ...bob, title })).ok);
  };
  await grant(anna, ben, 'first');
  await shop.refused(service.authenticate(early.value.token), 'auth/token-unknown');
  assert((await propose(anna, { kind: 'token.issued', body: { principal: 'bob', lifetimeSeconds: 600 } })).ok);
  const late = await service.createToken(ben, { principal: 'bob', lifetimeSeconds: 600, title: 't' });
  assert(late.ok && (await service.authenticate(late.value.token)).ok);
  await grant(ben, anna, 'second');
  assert((await service.authenticate(late.value.token)).ok, 'who was one already keeps theirs');
});

test('whoever a principal is handed to by two people begins without the tokens of who had it before (auth/token-unknown)', async () => {
  await using shop = await openPeople();
  const { service, anna, ben, propose } = shop;
  await shop.turnOn();
  const grant = async (principal: string, person: string) => {
    const given = { role: 'admin', ...SCOPE, person } as const;
    const body = { principal, role: 'admin' };
    const document = formatGrantDocument(given);
    assert((await propose(anna, { kind: 'principal.granted', body, mediaType: GRANT_MEDIA_TYPE, document })).ok);
    assert((await service.grantPrincipal(ben, { principal, ...given })).ok);
  };
  await grant('desk', 'anna');
  // Anna makes these alone: one for another principal of her own, one for somebody who is nobody yet.
  const early = await service.createToken(anna, { principal: 'desk', lifetimeSeconds: 600, title: 't' });
  const nobody = await service.createToken(shop.carl, { principal: 'carl', lifetimeSeconds: 600, title: 't' });
  assert(early.ok && nobody.ok);
  const session = await service.openSession(early.value.token);
  assert(session.ok);
  await grant('desk', 'dora');
  await grant('carl', 'carl');
  for (const { token } of [early.value, nobody.value])
    await shop.refused(service.authenticate(token), 'auth/token-unknown');
  await shop.refused(service.authenticateSession(session.value.cookie, true), 'session/ended');
});

test('two people turn it off again, and one cannot (dual-control/not-proposed)', async () => {
  await using shop = await openPeople();
  const { service, anna, ben, refused, propose } = shop;
  await shop.turnOn();
  await refused(service.changeSettings(ben, { dualControl: false }), 'dual-control/not-proposed');
  assert((await propose(ben, { kind: 'settings.changed', body: { dualControl: false } })).ok);
  assert((await service.changeSettings(anna, { dualControl: false })).ok);
  assert((await service.publishContract(ben, contract('1'))).ok);
});

test('what no entry could say is not proposed (dual-control/malformed-change)', async () => {
  await using shop = await openPeople();
  const { anna, refused, propose } = shop;
  await shop.turnOn();
  const good = publication('1');
  for (const change of [
    { ...good, body: { contract: 'shop' } },
    { kind: good.kind, body: good.body },
    { ...good, mediaType: 'no media type' },
    { ...publication('1'), kind: 'contract.withdrawn' as const },
    { kind: 'settings.changed' as const, body: { dualControl: 'on' } },
    { kind: 'token.issued' as const, body: { principal: 'A', lifetimeSeconds: 60 } },
  ])
    await refused(propose(anna, change as ChangeRequest), 'dual-control/malformed-change');
  await refused(propose(shop.carl, good), 'dual-control/person-unknown');
});

test('with control keys a change takes both: two people, and the agreement of the keys (control/missing)', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const service = openService(under.context);
  const { store } = under.context;
  const person = async (principal: string): Promise<Caller> => {
    const grant = { role: 'admin', ...SCOPE, person: principal } as const;
    const body = { principal, role: 'admin' };
    const change = {
      kind: 'principal.granted',
      key: principalKey(principal),
      body,
      document: formatGrantDocument(grant),
    };
    const granted = await service.grantPrincipal(under.admin, {
      principal,
      ...grant,
      control: await agreeTo(store, change),
    });
    assert(granted.ok, JSON.stringify(granted));
    return { principal, ...grant, grants: 1 };
  };
  const [anna, ben] = [await person('anna'), await person('ben')];
  const body = { dualControl: true };
  assert((await service.proposeChange(anna, { kind: 'settings.changed', body })).ok);
  const bare = await service.changeSettings(ben, body);
  assert(!bare.ok && bare.fault.code === 'control/missing');
  const control = await agreeTo(store, { kind: 'settings.changed', key: TRUST_KEY, body });
  assert((await service.changeSettings(ben, { ...body, control })).ok);
  const early = await agreeToContract(store, contract('1'));
  const alone = await service.publishContract(ben, contract('1'), early);
  assert(!alone.ok && alone.fault.code === 'dual-control/not-proposed');
  assert((await service.proposeChange(anna, publication('1'))).ok);
  // What the holders agreed to before the proposal was for its place.
  const late = await service.publishContract(ben, contract('1'), early);
  assert(!late.ok && late.fault.code === 'control/wrong-place', JSON.stringify(late));
  const { kind, body: said, document = new Uint8Array() } = publication('1');
  const agreed = await agreeTo(store, { kind, key: contractKey('shop'), body: said, document });
  const published = await service.publishContract(ben, contract('1'), agreed);
  assert(published.ok, JSON.stringify(published));
  assert((await service.signImage(ben, { manifest: MANIFEST, repository: IMAGE_REPOSITORY })).ok);
  const verified = await service.verifyCustody(ben, { digest: IMAGE, repository: IMAGE_REPOSITORY });
  assert(verified.ok && verified.value.verdict === 'pass', JSON.stringify(verified));
  assert(verified.value.assurances.controlSigned);
});
