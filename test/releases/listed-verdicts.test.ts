import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SARIF } from '../http/edge-under-test.ts';
import { DIGEST, MANIFEST } from '../waivers/waivers-over-http.ts';
import { openReleasable } from './releases-over-http.ts';

test('lists count what a recorded verdict did not see, releases apart', async () => {
  await using shop = await openReleasable();
  const token = shop.tokens.anna;
  const since = async () => {
    const read = await shop.ask('readImage', { target: `/v1/images/${DIGEST}?repository=shop/api`, token });
    assert.equal(read.status, 200, read.text);
    return [read.body.verdict, read.body.entriesSince];
  };
  assert.deepEqual(await since(), [undefined, undefined], 'without a verdict nothing comes after one');
  assert.equal((await shop.release()).status, 201);
  assert.deepEqual(await since(), ['pass', undefined]);
  for (const count of [1, 2]) {
    assert.equal((await shop.attest('scan', shop.tokens.ci, SARIF.replace('lint', `lint ${count}`))).status, 201);
    assert.deepEqual(await since(), ['pass', count]);
  }
  assert.equal((await shop.verify(token, true)).status, 201);
  await shop.makeOlder();
  const elsewhere = '/v1/images/sign?repository=shop/other';
  const signed = { target: elsewhere, token: shop.tokens.ci, body: MANIFEST, type: 'application/octet-stream' };
  assert.equal((await shop.ask('signImage', signed)).status, 201);
  assert.deepEqual(await since(), ['pass', undefined], 'neither another image nor another repository');
  assert.equal((await shop.request()).status, 201);
  assert.equal((await since())[1], 1, 'a waiver that was asked for');
  // Judged before the last attestation was there, and recorded after it.
  const last = `SELECT max(seq) FROM recorded_subject WHERE stage = 'scan' AND subject = '${DIGEST}'`;
  await shop.query(`UPDATE recorded_verdict SET cut = (${last})`);
  assert.equal((await since())[1], 2);
  await shop.query('UPDATE recorded_verdict SET cut = NULL');
  assert.equal((await since())[1], 1, 'of a replica that wrote no cut');
});

test('lists say of an image that it was retired everywhere, beside what was recorded before', async () => {
  await using shop = await openReleasable();
  assert.equal((await shop.verify(shop.tokens.anna, true)).status, 201);
  const token = shop.tokens.anna;
  const listed = async () => {
    const images = await shop.ask('listImages', { target: '/v1/images', token });
    const image = await shop.ask('readImage', { target: `/v1/images/${DIGEST}`, token });
    const found = await shop.ask('search', { target: `/v1/search?q=${DIGEST}`, token });
    const repositories = await shop.ask('listRepositories', { target: '/v1/repositories', token });
    const trend = await shop.ask('readTrend', { target: '/v1/repositories/trend?repository=shop/api', token });
    const rows = [
      images.body.items[0],
      image.body,
      found.body.items[0],
      repositories.body.items[0].verdict,
      trend.body.items[0],
    ];
    return rows.map(({ verdict, entriesSince, retired }) => [verdict, entriesSince, retired]);
  };
  assert.deepEqual(await listed(), Array(5).fill(['pass', undefined, undefined]));
  assert.equal((await shop.release()).status, 201);
  assert.deepEqual(await listed(), Array(5).fill(['pass', undefined, undefined]), 'a release rests on a verdict');
  assert.equal((await shop.retire({ environment: 'production' })).status, 200);
  assert.deepEqual(await listed(), Array(5).fill(['pass', 1, undefined]), 'elsewhere it may run');
  assert.equal((await shop.retire()).status, 200);
  assert.deepEqual(await listed(), Array(5).fill(['pass', 2, true]));
});
