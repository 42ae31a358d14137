import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { assertRefused, DIGEST, openShop } from '../waivers/waivers-over-http.ts';
import { OLDER, openReleasable } from './releases-over-http.ts';

test('an image is released on a verdict of its own, found again, and said to be current', async () => {
  await using shop = await openReleasable();
  const released = await shop.release();
  assert.equal(released.status, 201, released.text);
  assert.deepEqual([released.body.state, released.body.released.principal], ['current', 'anna']);
  const verdict = await shop.ask('readEntry', {
    target: `/v1/entries/${released.body.verdict}`,
    token: shop.tokens.anna,
  });
  assert.deepEqual([verdict.body.entry.kind, verdict.body.entry.body.verdict], ['verdict.recorded', 'pass']);
  const again = await shop.release({}, shop.tokens.ben);
  assert.deepEqual([again.status, again.body.seq, again.body.duplicate], [200, released.body.seq, true]);
  const verified = await shop.verify();
  assert.deepEqual([verified.body.verdict, verified.body.releases[0].environment], ['pass', 'production']);
  const listed = await shop.releases('repository=shop/api&environment=production');
  assert.deepEqual(
    listed.body.items.map(({ digest, state }: { digest: string; state: string }) => [digest, state]),
    [[DIGEST, 'current']],
  );
});

test('what does not pass is not released; what is waived is (release/verdict-not-passed)', async () => {
  await using shop = await openShop();
  const release = () =>
    shop.ask('releaseImage', {
      target: `/v1/images/${DIGEST}/release`,
      token: shop.tokens.anna,
      body: JSON.stringify({ environment: 'production' }),
    });
  const refused = await release();
  assertRefused(refused, 422, 'release/verdict-not-passed');
  assert.match(refused.body.detail, /contract\/stage-missing/);
  await shop.waived();
  const released = await release();
  assert.equal(released.status, 201, released.text);
});

test('a given verdict counts while nothing that it rests on has grown (release/verdict-outdated, release/verdict-unknown)', async () => {
  await using shop = await openReleasable();
  const recorded = await shop.verify(shop.tokens.anna, true);
  const verdict = recorded.body.recorded.seq;
  assertRefused(await shop.release({ verdict: 0 }), 422, 'release/verdict-unknown');
  assertRefused(await shop.release({ verdict: 999_999 }), 422, 'release/verdict-unknown');
  await shop.makeOlder();
  const other = await shop.ask('verifyImage', {
    target: '/v1/verifications',
    token: shop.tokens.anna,
    body: JSON.stringify({ subject: OLDER, repository: 'shop/api', record: true }),
  });
  assertRefused(await shop.release({ verdict: other.body.recorded.seq }), 422, 'release/verdict-unknown');
  const released = await shop.release({ verdict });
  assert.equal(released.status, 201, released.text);
  assert.equal(released.body.verdict, verdict);
  // The release is itself something that a verdict rests on.
  assertRefused(await shop.release({ verdict, environment: 'staging' }), 422, 'release/verdict-outdated');
  assert.equal((await shop.attest('late', shop.tokens.ci)).status, 201);
  const failing = await shop.verify(shop.tokens.anna, true);
  assert.equal(failing.body.verdict, 'pass');
  const contract = { contract: 'more', repositories: ['shop/*'], stages: [{ stage: 'never' }] };
  const published = await shop.ask('publishContract', { target: '/v1/contracts', body: JSON.stringify(contract) });
  assert.equal(published.status, 201);
  const stale = { verdict: failing.body.recorded.seq, environment: 'staging' };
  assertRefused(await shop.release(stale), 422, 'release/verdict-not-passed');
});

test('an idempotency key stands for one release (http/idempotency-key-reused)', async () => {
  await using shop = await openReleasable();
  const { anna } = shop.tokens;
  const first = await shop.release({}, anna, 'release-7');
  const again = await shop.release({}, anna, 'release-7');
  assert.deepEqual([first.status, again.status, again.body.seq], [201, 200, first.body.seq]);
  assertRefused(await shop.release({ environment: 'staging' }, anna, 'release-7'), 422, 'http/idempotency-key-reused');
  await shop.makeOlder();
  assert.equal((await shop.release({}, anna, undefined, OLDER)).status, 201);
  const later = await shop.release({}, anna, 'release-7');
  assert.deepEqual([later.status, later.body.seq], [200, first.body.seq], 'also when something else runs by now');
  assertRefused(await shop.release({}, anna, 'not allowed here \u00e9'), 400, 'http/malformed-header');
});

test('who releases the same image at once is answered with the one release of each place, and told of no verdict that they did not name', async () => {
  await using shop = await openReleasable();
  const { anna, ben } = shop.tokens;
  const places = ['eu', 'us', 'ap'];
  const asked = places.flatMap((environment) => [
    shop.release({ environment }, anna),
    shop.release({ environment }, ben, `release-${environment}`),
    shop.release({ environment }, ben, `release-${environment}`),
  ]);
  const released = await Promise.all(asked);
  for (const { status, text } of released) assert([200, 201].includes(status), text);
  assert.equal(released.filter(({ status }) => status === 201).length, places.length);
  assert.equal(new Set(released.map(({ body }) => body.seq)).size, places.length);
});

test('what is released there already is found under whatever key, and no verdict that is over releases it again', async () => {
  await using shop = await openReleasable();
  const { anna, ben } = shop.tokens;
  const plain = await shop.release();
  const keyed = await shop.release({ environment: 'staging' }, anna, 'release-8');
  assert.deepEqual([plain.status, keyed.status], [201, 201]);
  const contract = { contract: 'more', repositories: ['shop/*'], stages: [{ stage: 'never' }] };
  const published = await shop.ask('publishContract', { target: '/v1/contracts', body: JSON.stringify(contract) });
  assert.equal(published.status, 201);
  for (const [environment, token, key, first] of [
    ['production', anna, 'release-9', plain],
    ['production', ben, undefined, plain],
    ['staging', anna, undefined, keyed],
    ['staging', ben, 'release-8', keyed],
    ['staging', anna, 'release-8', keyed],
  ] as const) {
    const again = await shop.release({ environment }, token, key);
    assert.deepEqual([again.status, again.body.seq, again.body.duplicate], [200, first.body.seq, true], environment);
  }
  assert.equal((await shop.releases()).body.items.length, 2);
});

test('the next release says what changed, in verdict, evidence and beforehand', async () => {
  await using shop = await openReleasable();
  await shop.makeOlder();
  assert.equal((await shop.changes()).body.previous, undefined);
  assert.equal((await shop.release({}, shop.tokens.anna, undefined, OLDER)).status, 201);
  const before = await shop.changes();
  assert.equal(before.body.previous.digest, OLDER);
  assert.deepEqual(before.body.changes.stages, { added: [], removed: ['smoke'], changed: [] });
  const released = await shop.release();
  assert.equal(released.status, 201, released.text);
  const verified = await shop.verify();
  const [judged] = verified.body.releases;
  assert.equal(judged.previous.digest, OLDER);
  assert.deepEqual(judged.changes, before.body.changes);
  const target = `/v1/images/${DIGEST}/evidence?repository=shop/api`;
  const evidence = parseEvidence(
    Buffer.from((await shop.ask('readEvidence', { target, token: shop.tokens.anna })).text),
  );
  assert(evidence.ok, JSON.stringify(evidence));
  const older = evidence.value.entries.filter(({ entry }) => entry.keys.some(({ key }) => key === `image:${OLDER}`));
  assert.equal(older.length, 5, 'signed, three stages, released');
  const withPayload = new Set(evidence.value.payloads.map(({ seq }) => seq));
  assert(older.every(({ entry }) => !withPayload.has(entry.seq)));
  const states = (await shop.releases('environment=production')).body.items.map(
    ({ digest, state }: { digest: string; state: string }) => [digest, state],
  );
  assert.deepEqual(states, [
    [DIGEST, 'current'],
    [OLDER, 'superseded'],
  ]);
});

test('a retired image is a no everywhere, and is not released again (image/retired)', async () => {
  await using shop = await openReleasable();
  assert.equal((await shop.release()).status, 201);
  assert.equal((await shop.gate()).status, 200);
  const retired = await shop.retire();
  assert.equal(retired.status, 200, retired.text);
  assert.deepEqual([retired.body.retired.principal, retired.body.environment], ['anna', undefined]);
  const gate = await shop.gate();
  assert.equal(gate.status, 412);
  assert(gate.body.reasons.some(({ reason }: { reason: string }) => reason === 'image/retired'));
  assertRefused(await shop.release({ environment: 'staging' }), 422, 'release/verdict-not-passed');
  const again = await shop.retire({}, shop.tokens.ben);
  assert.deepEqual([again.status, again.body.seq, again.body.duplicate], [200, retired.body.seq, true]);
  assert.equal((await shop.releases()).body.items[0].state, 'retired');
});

test('an image that is retired in one environment is a no there alone, until it is released again (release/not-released)', async () => {
  await using shop = await openReleasable();
  assertRefused(await shop.retire({ environment: 'production' }), 422, 'release/not-released');
  assert.equal((await shop.release()).status, 201);
  const retired = await shop.retire({ environment: 'production' });
  assert.equal(retired.status, 200, retired.text);
  assert.equal((await shop.gate()).status, 200);
  assert.equal((await shop.gateIn('staging')).status, 200);
  assert.equal((await shop.gateIn('production')).status, 412);
  assert.equal((await shop.retire({ environment: 'production' })).body.seq, retired.body.seq);
  const released = await shop.release();
  assert.equal(released.status, 201, released.text);
  assert.equal((await shop.gateIn('production')).status, 200);
  const states = (await shop.releases()).body.items.map(({ state }: { state: string }) => state);
  assert.deepEqual(states, ['current', 'retired']);
});

test('an image that is released again after its retirement leads back to the one before all the same', async () => {
  await using shop = await openReleasable();
  await shop.makeOlder();
  assert.equal((await shop.release({}, shop.tokens.anna, undefined, OLDER)).status, 201);
  for (const _ of [1, 2]) {
    const released = await shop.release();
    assert.equal(released.status, 201, released.text);
    assert.equal((await shop.retire({ environment: 'production' })).status, 200);
  }
  const verified = await shop.verify();
  assert.equal(verified.status, 200, verified.text);
  assert.deepEqual(
    verified.body.releases.map(({ previous }: { previous: { digest: string } }) => previous.digest),
    [OLDER, OLDER],
  );
});

test('roles: release managers and administrators of the repository release and retire, all others read', async () => {
  await using shop = await openReleasable();
  for (const role of ['pipeline', 'auditor', 'operator']) {
    const token = await shop.grant(`a-${role}`, role, `a-${role}`, ['*']);
    assertRefused(await shop.release({}, token), 403, 'auth/role-not-allowed');
    assertRefused(await shop.retire({}, token), 403, 'auth/role-not-allowed');
    assert.equal((await shop.releases('', token)).status, 200);
  }
  assertRefused(await shop.release({}, shop.tokens.dora), 403, 'auth/repository-out-of-scope');
  assertRefused(await shop.retire({}, shop.tokens.dora), 403, 'auth/repository-out-of-scope');
  const root = await shop.grant('root', 'admin', 'hans', ['*']);
  assert.equal((await shop.release({}, root)).status, 201);
  assert.deepEqual((await shop.releases('', shop.tokens.dora)).body.items, []);
  assert.equal((await shop.retire({}, root)).status, 200);
});

test('releases come in pages', async () => {
  await using shop = await openReleasable();
  for (const environment of ['one', 'two', 'three']) assert.equal((await shop.release({ environment })).status, 201);
  const first = await shop.releases('limit=2');
  const second = await shop.releases(`limit=2&cursor=${first.body.next}`);
  const named = ({ body }: typeof first) => body.items.map(({ environment }: { environment: string }) => environment);
  assert.deepEqual([...named(first), ...named(second)], ['three', 'two', 'one']);
  assert.equal(second.body.next, undefined);
});
