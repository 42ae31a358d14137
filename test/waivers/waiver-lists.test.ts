import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { DIGEST, MANIFEST } from '../http/edge-under-test.ts';
import { assertRefused, HOUR_MS, openShop, soon } from './waivers-over-http.ts';

test('the same request gives the same waiver, with or without a key, and a key stands for one request (http/idempotency-key-reused)', async () => {
  await using shop = await openShop();
  const { anna, ben } = shop.tokens;
  const expires = soon();
  const first = await shop.request(anna, { expires });
  const again = await shop.request(anna, { expires });
  assert.deepEqual(
    [first.status, again.status, again.body.waiver, again.body.seq],
    [201, 200, first.body.waiver, first.body.seq],
  );
  assert.deepEqual(again.body.receipt, first.body.receipt);
  const keyed = await shop.request(anna, { expires }, 'request-1');
  const repeated = await shop.request(anna, { expires }, 'request-1');
  assert.deepEqual([keyed.status, repeated.status, repeated.body.waiver], [201, 200, keyed.body.waiver]);
  assert.notEqual(keyed.body.waiver, first.body.waiver);
  const other = await shop.request(anna, { expires, reason: 'another one' }, 'request-1');
  assertRefused(other, 422, 'http/idempotency-key-reused');
  assert.equal((await shop.request(ben, { expires }, 'request-1')).status, 201, 'a key is one of its principal');
  // A retry gets its first receipt, also when the request would be refused by now.
  const withdrawn = await shop.ask('withdrawContract', { target: '/v1/contracts/shop/withdraw', body: '{}' });
  assert.equal(withdrawn.status, 200);
  assert.equal((await shop.request(anna, { expires }, 'request-1')).body.waiver, keyed.body.waiver);
});

test('two requests at once under one key are one waiver, and the other of two different ones is refused', async () => {
  await using shop = await openShop();
  const { anna } = shop.tokens;
  const expires = soon();
  const same = await Promise.all([1, 2, 3].map(() => shop.request(anna, { expires }, 'at-once')));
  assert.equal(new Set(same.map(({ body }) => body.waiver)).size, 1);
  assert.deepEqual(same.map(({ status }) => status).sort(), [200, 200, 201]);
  const mixed = await Promise.all(['a', 'b'].map((reason) => shop.request(anna, { expires, reason }, 'two-requests')));
  assert.deepEqual(mixed.map(({ status }) => status).sort(), [201, 422]);
});

test('an approval that is repeated gets its first receipt, and another person’s comes too late (waiver/already-approved)', async () => {
  await using shop = await openShop();
  const { waiver } = (await shop.request()).body;
  const first = await shop.approve(waiver);
  const again = await shop.approve(waiver);
  assert.deepEqual([again.status, again.body.seq, again.body.duplicate], [200, first.body.seq, true]);
  assertRefused(await shop.approve(waiver, shop.tokens.carl), 422, 'waiver/already-approved');
  const revoked = await shop.revoke(waiver);
  assert.equal((await shop.revoke(waiver, shop.tokens.anna)).body.seq, revoked.body.seq);
  const fresh = (await shop.request(shop.tokens.anna, { reason: 'another' })).body.waiver;
  await shop.revoke(fresh);
  assertRefused(await shop.approve(fresh), 422, 'waiver/revoked');
});

test('a key stands for one approval or one revocation of its principal (http/idempotency-key-reused)', async () => {
  await using shop = await openShop();
  const { ben, carl } = shop.tokens;
  const [one, other] = [await shop.request(), await shop.request(shop.tokens.anna, { reason: 'another' })];
  for (const decide of [shop.approve, shop.revoke]) {
    const first = await decide(one.body.waiver, ben, 'decision-1');
    const again = await decide(one.body.waiver, ben, 'decision-1');
    assert.deepEqual([first.status, again.status, again.body.seq], [200, 200, first.body.seq], again.text);
    assert.deepEqual(again.body.receipt, first.body.receipt);
    assertRefused(await decide(other.body.waiver, ben, 'decision-1'), 422, 'http/idempotency-key-reused');
    const unnamed = await decide(one.body.waiver, ben);
    assert.deepEqual(
      [unnamed.body.seq, unnamed.body.duplicate],
      [first.body.seq, true],
      'named or not, it is done once',
    );
    const of = await decide(other.body.waiver, carl, 'decision-1');
    assert.equal(of.status, 200, 'a key is one of its principal');
  }
  const third = (await shop.request(shop.tokens.anna, { reason: 'a third' })).body.waiver;
  const atOnce = await Promise.all(['a', 'b', 'a', undefined].map((key) => shop.approve(third, ben, key)));
  assert.equal(new Set(atOnce.map(({ body }) => body.seq)).size, 1, 'under whatever key, it is approved once');
});

test('an approval that does not count any more is in nobody’s way', async () => {
  await using shop = await openShop();
  const { waiver } = (await shop.request()).body;
  const first = await shop.approve(waiver);
  const builds = await shop.grant('ben-builds', 'pipeline', 'ben');
  const target = '/v1/images/sign?repository=shop/api&annotation=build%3D9';
  const type = 'application/octet-stream';
  assert.equal((await shop.ask('signImage', { target, token: builds, body: MANIFEST, type })).status, 201);
  const [judged] = (await shop.verify()).body.waivers;
  assert.deepEqual([judged.inForce, judged.fault, judged.awaitsApproval], [false, 'waiver/by-builder', true]);
  assertRefused(await shop.approve(waiver), 422, 'waiver/by-builder');
  assertRefused(await shop.approve(waiver, shop.tokens.anna), 422, 'waiver/same-person');
  const second = await shop.approve(waiver, shop.tokens.carl);
  assert.deepEqual([second.status, second.body.approved.principal], [200, 'carl'], second.text);
  assert(second.body.seq > first.body.seq);
  const verified = (await shop.verify()).body;
  assert.deepEqual([verified.verdict, verified.waivers[0].approved.principal], ['waived', 'carl']);
  assertRefused(await shop.approve(waiver), 422, 'waiver/already-approved');
  assert.equal((await shop.approve(waiver, shop.tokens.carl)).body.seq, second.body.seq);
});

test('waivers are listed by repository, image, state and end, in pages', async () => {
  await using shop = await openShop();
  const asked = (await shop.request(shop.tokens.anna, { reason: '1' })).body.waiver;
  const inForce = await shop.waived({ expires: soon(HOUR_MS) });
  const revoked = await shop.waived();
  await shop.revoke(revoked);
  const broken = (await shop.request(shop.tokens.ben, { breakGlass: true })).body.waiver;
  const idsOf = async (query: string) =>
    (await shop.list(query)).body.items.map(({ waiver }: { waiver: string }) => waiver);
  assert.deepEqual(await idsOf(''), [broken, revoked, inForce, asked]);
  assert.deepEqual(await idsOf('state=requested'), [asked]);
  assert.deepEqual(await idsOf('state=in-force'), [inForce]);
  assert.deepEqual(await idsOf('state=revoked'), [revoked]);
  assert.deepEqual(await idsOf('state=break-glass'), [broken]);
  assert.deepEqual(await idsOf('state=lapsed'), []);
  assert.deepEqual(await idsOf(`expiresBefore=${soon(2 * HOUR_MS)}`), [inForce]);
  assert.deepEqual(await idsOf('repository=shop/web'), []);
  assert.deepEqual(await idsOf(`digest=sha256:${'0'.repeat(64)}`), []);
  assert.equal((await idsOf(`digest=${DIGEST}&repository=shop/api`)).length, 4);
  const first = await shop.list('limit=3');
  const second = await shop.list(`limit=3&cursor=${first.body.next}`);
  assert.deepEqual(
    [...first.body.items, ...second.body.items].map(({ waiver }: { waiver: string }) => waiver),
    [broken, revoked, inForce, asked],
  );
  assert.equal(second.body.next, undefined);
  assertRefused(await shop.list('cursor=x'), 400, 'http/malformed-parameter');
  assertRefused(await shop.list('state=approved'), 400, 'http/malformed-parameter');
});

/** The shop as use cases, over a clock that the test moves. */
async function openTimedShop() {
  const under = await openServiceUnderTest();
  const clock = { ahead: 0 };
  const now = () => new Date(Date.now() + clock.ahead);
  const service = openService({ ...under.context, now });
  const { admin } = under;
  const grants = [
    ['ci', 'pipeline'],
    ['anna', 'release-manager'],
    ['ben', 'release-manager'],
  ] as const;
  const callers = new Map<string, typeof admin>();
  for (const [principal, role] of grants) {
    const granted = await service.grantPrincipal(admin, {
      principal,
      role,
      repositories: ['*'],
      stages: ['*'],
      person: principal,
    });
    assert(granted.ok, JSON.stringify(granted));
    callers.set(principal, { principal, role, repositories: ['*'], stages: ['*'], person: principal, grants: 1 });
  }
  const as = (name: string) => callers.get(name) ?? assert.fail();
  assert((await service.signImage(as('ci'), { manifest: MANIFEST, repository: 'shop/api' })).ok);
  const contract = { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'scan' }] };
  assert((await service.publishContract(admin, contract)).ok);
  const ask = (over: object = {}) =>
    service.requestWaiver(as('anna'), {
      digest: DIGEST,
      contract: 'shop',
      check: 'contract/stage',
      stage: 'scan',
      expires: soon(HOUR_MS),
      breakGlass: false,
      reason: 'no fix yet',
      ...over,
    });
  const gate = async () => {
    const answer = await service.askGate(as('anna'), { digest: DIGEST, repository: 'shop/api' });
    assert(answer.ok, JSON.stringify(answer));
    return answer.value;
  };
  return { under, service, clock, as, ask, gate, [Symbol.asyncDispose]: () => under[Symbol.asyncDispose]() };
}

test('a yes that the gate remembers ends with its waiver, to the millisecond (waiver/expired)', async () => {
  await using shop = await openTimedShop();
  const asked = await shop.ask();
  assert(asked.ok && (await shop.service.approveWaiver(shop.as('ben'), asked.value.waiver)).ok);
  assert.equal((await shop.gate()).verdict, 'waived');
  shop.clock.ahead = HOUR_MS - 30_000;
  assert.equal((await shop.gate()).verdict, 'waived');
  shop.clock.ahead = HOUR_MS + 1;
  const after = await shop.gate();
  assert.equal(after.verdict, 'fail');
  assert(after.checks.some(({ reason }) => reason === 'waiver/expired'));
});

test('a yes by broken glass ends after 24 hours without a second person, who then comes too late (waiver/break-glass-lapsed)', async () => {
  await using shop = await openTimedShop();
  const asked = await shop.ask({ breakGlass: true, expires: soon(72 * HOUR_MS) });
  assert(asked.ok);
  assert.equal((await shop.gate()).verdict, 'waived');
  shop.clock.ahead = 24 * HOUR_MS + 1;
  const after = await shop.gate();
  assert.equal(after.verdict, 'fail');
  assert(after.checks.some(({ reason }) => reason === 'waiver/break-glass-lapsed'));
  const late = await shop.service.approveWaiver(shop.as('ben'), asked.value.waiver);
  assert(!late.ok && late.fault.code === 'waiver/break-glass-lapsed');
  const listed = await shop.service.listWaivers(shop.as('anna'), { state: 'lapsed' }, { limit: 10 });
  assert(listed.ok && listed.value.items.length === 1);
  const verified = await shop.service.verifyCustody(shop.as('anna'), { digest: DIGEST });
  assert(verified.ok && verified.value.waivers[0]?.fault === 'waiver/break-glass-lapsed');
});

test('approval and revocation at once on two replicas leave a waiver that is revoked, whoever came first', async () => {
  await using shop = await openTimedShop();
  const other = openService((await shop.under.openAnother()).context);
  for (let round = 0; round < 4; round += 1) {
    const asked = await shop.ask({ reason: `round ${round}` });
    assert(asked.ok);
    const { waiver } = asked.value;
    const [approved, revoked] = await Promise.all([
      shop.service.approveWaiver(shop.as('ben'), waiver),
      other.revokeWaiver(shop.as('anna'), waiver),
    ]);
    assert(revoked.ok, JSON.stringify(revoked));
    assert(approved.ok || approved.fault.code === 'waiver/revoked', JSON.stringify(approved));
    const read = await shop.service.readWaiver(shop.as('anna'), waiver);
    assert(read.ok && read.value.state === 'revoked');
    assert.equal((await shop.gate()).verdict, 'fail');
  }
});

test('an attestation that makes the approver a builder while they approve lets the waiver exempt nothing (waiver/by-builder)', async () => {
  await using shop = await openTimedShop();
  const asked = await shop.ask();
  assert(asked.ok && (await shop.service.approveWaiver(shop.as('ben'), asked.value.waiver)).ok);
  assert.equal((await shop.gate()).verdict, 'waived');
  const { admin } = shop.under;
  const regrant = { principal: 'ben-ci', role: 'pipeline', repositories: ['*'], stages: ['*'], person: 'ben' } as const;
  assert((await shop.service.grantPrincipal(admin, regrant)).ok);
  const ci = { ...shop.as('ci'), principal: 'ben-ci', person: 'ben' };
  assert(
    (await shop.service.signImage(ci, { manifest: MANIFEST, repository: 'shop/api', annotations: { by: 'ben' } })).ok,
  );
  const after = await shop.gate();
  assert.equal(after.verdict, 'fail');
  assert(after.checks.some(({ reason }) => reason === 'waiver/by-builder'));
});
