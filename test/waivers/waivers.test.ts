import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, DAY_MS, DIGEST, HOUR_MS, MANIFEST, openShop, soon } from './waivers-over-http.ts';

test('two people waive a missing stage over HTTP, and the verdict of service, gate and evidence becomes waived', async () => {
  await using shop = await openShop();
  assertNo(await shop.gate(), 'contract/stage-missing');
  const asked = await shop.request();
  assert.equal(asked.status, 201, asked.text);
  const { waiver } = asked.body;
  assert.match(waiver, /^w-[a-z2-7]{26}$/);
  assert.equal(asked.headers.location, `/v1/waivers/${waiver}`);
  assert.deepEqual([asked.body.state, asked.body.requested.assurance], ['requested', 'service']);
  assertNo(await shop.gate(), 'waiver/not-approved');
  const approved = await shop.approve(waiver);
  assert.equal(approved.status, 200, approved.text);
  assert.deepEqual([approved.body.state, approved.body.approved.principal], ['in-force', 'ben']);
  const verified = await shop.verify();
  assert.equal(verified.body.verdict, 'waived', JSON.stringify(verified.body.checks));
  assert.equal(verified.body.validUntil, asked.body.expires);
  const gate = await shop.gate();
  assert.equal(gate.status, 200, gate.text);
  assert.equal(gate.body.verdict, 'waived');
  assert.deepEqual(
    gate.body.waivers.map((one: { waiver: string }) => one.waiver),
    [waiver],
  );
  assert.equal((await shop.revoke(waiver)).body.state, 'revoked');
  assertNo(await shop.gate(), 'waiver/revoked');
});

test('a recorded verdict says waived, and the image is listed by it', async () => {
  await using shop = await openShop();
  await shop.waived();
  const recorded = await shop.verify(shop.tokens.anna, true);
  assert.deepEqual([recorded.status, recorded.body.verdict], [201, 'waived']);
  const target = '/v1/images?repository=shop/api&verdict=waived';
  const listed = await shop.ask('listImages', { target, token: shop.tokens.anna });
  assert.deepEqual(
    listed.body.items.map(({ digest }: { digest: string }) => digest),
    [DIGEST],
  );
});

test('whoever asked does not approve, under whatever principal (waiver/same-person)', async () => {
  await using shop = await openShop();
  const { waiver } = (await shop.request()).body;
  assertRefused(await shop.approve(waiver, shop.tokens.anna), 422, 'waiver/same-person');
  const home = await shop.grant('anna-at-home', 'release-manager', 'anna');
  assertRefused(await shop.approve(waiver, home), 422, 'waiver/same-person');
  assert.equal((await shop.approve(waiver)).status, 200);
});

test('builders neither ask nor approve (waiver/by-builder)', async () => {
  await using shop = await openShop();
  const builder = await shop.grant('builder', 'release-manager', 'robot');
  assertRefused(await shop.request(builder), 422, 'waiver/by-builder');
  const { waiver } = (await shop.request()).body;
  assertRefused(await shop.approve(waiver, builder), 422, 'waiver/by-builder');
});

test('nobody speaks whom no grant names, nor against a builder whom none names (waiver/person-unknown, waiver/builder-unknown)', async () => {
  await using shop = await openShop();
  const nobody = await shop.grant('nobody', 'release-manager', null);
  assertRefused(await shop.request(nobody), 422, 'waiver/person-unknown');
  const { waiver } = (await shop.request()).body;
  assertRefused(await shop.approve(waiver, nobody), 422, 'waiver/person-unknown');
  // The bootstrap administrator is nobody in particular, so that whoever approves may be the one who signed.
  assert.equal((await shop.attest('scan-of-old', shop.admin)).status, 201);
  assert.equal((await shop.approve(waiver)).status, 200, 'another stage does not matter');
  assert.equal((await shop.ask('signImage', signing(shop.admin))).status, 201);
  assertRefused(await shop.request(shop.tokens.anna, { reason: 'other' }), 422, 'waiver/builder-unknown');
  assertNo(await shop.gate(), 'waiver/builder-unknown');
});

test('only checks that a contract makes of the image can be waived (waiver/no-such-check)', async () => {
  await using shop = await openShop();
  for (const over of [
    { stage: 'unknown' },
    { contract: 'other' },
    { check: 'contract/covers' },
    { check: 'contract/order' },
    { rule: 'no-critical' },
  ])
    assertRefused(await shop.request(shop.tokens.anna, over), 422, 'waiver/no-such-check');
  const other = { digest: `sha256:${'0'.repeat(64)}` };
  assertRefused(await shop.request(shop.tokens.anna, other), 404, 'image/unknown');
});

test('a waiver ends after now and within 90 days (waiver/expires-out-of-range)', async () => {
  await using shop = await openShop();
  for (const expires of [soon(-1), soon(90 * 24 * HOUR_MS + 60_000), '2020-01-01T00:00:00.000Z'])
    assertRefused(await shop.request(shop.tokens.anna, { expires }), 422, 'waiver/expires-out-of-range');
  const longest = await shop.request(shop.tokens.anna, { expires: soon(90 * 24 * HOUR_MS - 1_000) });
  assert.equal(longest.status, 201, longest.text);
});

test('broken glass opens the gate at once, and the gate says so; administrators do not break it (auth/role-not-allowed)', async () => {
  await using shop = await openShop();
  const root = await shop.grant('root', 'admin', 'hans', ['*']);
  assertRefused(await shop.request(root, { breakGlass: true }), 403, 'auth/role-not-allowed');
  const asked = await shop.request(shop.tokens.anna, { breakGlass: true });
  assert.deepEqual([asked.status, asked.body.state], [201, 'break-glass']);
  const gate = await shop.gate();
  assert.equal(gate.status, 200, gate.text);
  assert.deepEqual([gate.body.waivers[0].breakGlass, gate.body.waivers[0].approved], [true, undefined]);
  assert.equal(gate.body.validUntil, asked.body.approveBefore);
  assertRefused(await shop.approve(asked.body.waiver, shop.tokens.anna), 422, 'waiver/same-person');
  assert.equal((await shop.approve(asked.body.waiver)).body.state, 'in-force');
  assert.equal((await shop.gate()).body.validUntil, asked.body.expires);
});

test('nobody goes on alone by breaking the same glass anew (waiver/break-glass-again)', async () => {
  await using shop = await openShop();
  const { anna, ben } = shop.tokens;
  const broken = await shop.request(anna, { breakGlass: true });
  assert.equal(broken.status, 201, broken.text);
  const longer = { breakGlass: true, expires: soon(8 * DAY_MS) };
  assertRefused(await shop.request(anna, longer), 422, 'waiver/break-glass-again');
  const home = await shop.grant('anna-at-home', 'release-manager', 'anna');
  assertRefused(await shop.request(home, longer), 422, 'waiver/break-glass-again');
  // Revoking it brings the glass back no more than its end does.
  assert.equal((await shop.revoke(broken.body.waiver)).status, 200);
  assertRefused(await shop.request(anna, longer), 422, 'waiver/break-glass-again');
  assert.equal((await shop.gate()).status, 412);
  const byBen = await shop.request(ben, longer);
  assert.equal(byBen.status, 201, byBen.text);
  assert.equal((await shop.approve(byBen.body.waiver, anna)).status, 200);
  assert.equal((await shop.request(ben, { breakGlass: true })).status, 201, 'who was approved may again');
});

test('roles: release managers and administrators of the repository decide, all others read, within their scope', async () => {
  await using shop = await openShop();
  const { waiver } = (await shop.request()).body;
  for (const role of ['pipeline', 'auditor', 'operator']) {
    const token = await shop.grant(`a-${role}`, role, `a-${role}`, ['*']);
    assertRefused(await shop.request(token), 403, 'auth/role-not-allowed');
    assertRefused(await shop.approve(waiver, token), 403, 'auth/role-not-allowed');
    assertRefused(await shop.revoke(waiver, token), 403, 'auth/role-not-allowed');
    assert.equal((await shop.read(waiver, token)).status, 200);
    assert.equal((await shop.list('', token)).body.items.length, 1);
  }
  const { dora } = shop.tokens;
  assertRefused(await shop.request(dora), 403, 'auth/repository-out-of-scope');
  for (const answer of [
    await shop.approve(waiver, dora),
    await shop.revoke(waiver, dora),
    await shop.read(waiver, dora),
  ])
    assertRefused(answer, 404, 'waiver/unknown');
  assert.deepEqual((await shop.list('', dora)).body.items, []);
  assertRefused(await shop.list('repository=shop/api', dora), 403, 'auth/repository-out-of-scope');
  const root = await shop.grant('root', 'admin', 'hans', ['*']);
  assert.equal((await shop.approve(waiver, root)).status, 200);
  assert.equal((await shop.revoke(waiver, root)).status, 200);
});

test('what does not exist or is no id is not found and not read (waiver/unknown, http/malformed-parameter)', async () => {
  await using shop = await openShop();
  const unknown = `w-${'a'.repeat(26)}`;
  assertRefused(await shop.read(unknown), 404, 'waiver/unknown');
  assertRefused(await shop.approve(unknown), 404, 'waiver/unknown');
  assertRefused(await shop.revoke(unknown), 404, 'waiver/unknown');
  for (const id of ['w-1', `w-${'A'.repeat(26)}`, `x-${'a'.repeat(26)}`, `w-${'a'.repeat(27)}`])
    assertRefused(await shop.read(id), 400, 'http/malformed-parameter');
});

function signing(token: string) {
  return {
    target: '/v1/images/sign?repository=shop/api&annotation=build%3D8',
    token,
    body: MANIFEST,
    type: 'application/octet-stream',
  };
}

function assertNo(
  answer: { status: number; text: string; body: { reasons?: readonly { reason?: string }[] } },
  reason: string,
) {
  assert.equal(answer.status, 412, answer.text);
  assert(
    answer.body.reasons?.some((one) => one.reason === reason),
    answer.text,
  );
}
