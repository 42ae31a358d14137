import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { endSecret, makeSecret, secretsAt } from '../../src/service/webhook-secret.ts';
import { openReceiver, verified } from './receiver.ts';
import { openWebhooksUnderTest } from './webhooks-under-test.ts';

test('no secret stands in the database, and none is told a second time', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(204);
  const { webhook, secret } = await hooks.create(receiver.url);
  const tables = ['webhook', 'webhook_secret', 'webhook_delivery'];
  const texts = [];
  for (const table of tables) texts.push(await hooks.query(`SELECT ${table}::text AS row FROM ${table}`));
  const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');
  assert.equal(bytes.length, 32);
  for (const { rows } of texts) {
    assert(!JSON.stringify(rows).includes(bytes.toString('hex')));
    assert(!JSON.stringify(rows).includes(bytes.toString('base64')));
  }
  const read = await hooks.service.readWebhook(hooks.admin, webhook);
  const listed = await hooks.service.listWebhooks(hooks.admin);
  assert(!JSON.stringify([read, listed]).includes('whsec_'));
});

test('a webhook that was turned to another address, type, repository or maker in the database is told of nothing (webhook/not-ours)', async () => {
  for (const change of [
    `url = url || '/elsewhere'`,
    `types = '{*}'`,
    `repositories = '{*}'`,
    `created_by = 'somebody'`,
    `created_at = created_at + interval '1 ms'`,
  ]) {
    await using hooks = await openWebhooksUnderTest();
    await using receiver = await openReceiver(204);
    const { webhook } = await hooks.create(receiver.url, ['contract.published'], ['shop/*']);
    await hooks.query(`UPDATE webhook SET ${change}`);
    await hooks.publish('shop');
    await hooks.deliver();
    assert.equal(await hooks.stateOf(webhook), 'not-ours', change);
    const tested = await hooks.service.testWebhook(hooks.admin, webhook);
    assert.equal(tested.ok ? 'ok' : tested.fault.code, 'webhook/not-ours');
    const rotated = await hooks.service.rotateWebhook(hooks.admin, webhook, 0);
    assert.equal(rotated.ok ? 'ok' : rotated.fault.code, 'webhook/not-ours');
    assert.equal(receiver.received.length, 0);
  }
});

test('a notice that was made up or turned into another in the database is not sent (webhook/not-ours)', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(204);
  const { webhook } = await hooks.create(receiver.url);
  await hooks.publish('shop');
  await hooks.context.webhooks.advance(webhook, -1, -1, [], new Date());
  await hooks.query(`INSERT INTO webhook_delivery (webhook, id, type, seq, due_at, created_at)
    SELECT id, 'msg_' || repeat('0', 40), 'waiver.approved', 0, now(), now() FROM webhook
    UNION ALL SELECT id, 'msg_' || repeat('1', 40), 'contract.published', cursor + 1, now(), now() FROM webhook`);
  hooks.pass(1);
  await hooks.deliver();
  const deliveries = await hooks.deliveries(webhook);
  assert.deepEqual(
    deliveries.filter(({ fault }) => fault === 'webhook/not-ours').map(({ state }) => state),
    ['dead', 'dead'],
  );
  assert.deepEqual(
    receiver.received.map(({ body }) => JSON.parse(body).type),
    ['contract.published'],
  );
});

test('a new secret signs beside the old one for a while, and then alone', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(204);
  const { webhook, secret } = await hooks.create(receiver.url);
  const rotated = await hooks.service.rotateWebhook(hooks.admin, webhook, 60);
  assert(rotated.ok && rotated.value.secret !== secret);
  await hooks.publish('shop');
  await hooks.deliver();
  const [first] = receiver.received;
  assert(first !== undefined);
  for (const each of [secret, rotated.value.secret]) assert.equal(verified(each, first).type, 'contract.published');
  hooks.pass(60);
  await hooks.publish('shop', 2);
  await hooks.deliver();
  const [, second] = receiver.received;
  assert(second !== undefined);
  assert.equal(verified(rotated.value.secret, second).type, 'contract.published');
  assert.throws(() => verified(secret, second));
  const at = await hooks.service.rotateWebhook(hooks.admin, webhook, 0);
  assert(at.ok);
  await hooks.publish('shop', 3);
  await hooks.deliver();
  const [, , third] = receiver.received;
  assert(third !== undefined);
  assert.throws(() => verified(rotated.value.secret, third));
  assert.equal(verified(at.value.secret, third).type, 'contract.published');
});

test('a secret outlives a rotation of the log’s key, and is another one for another log, address or webhook', () => {
  const macOf = (seed: string, message: Uint8Array) =>
    new Uint8Array(createHmac('sha256', seed).update(message).digest());
  const keysOf = (...seeds: readonly string[]) => ({
    tokenAuthenticator: {
      mac: (message: Uint8Array) => macOf(seeds.at(-1) ?? '', message),
      macs: (message: Uint8Array) => seeds.map((seed) => macOf(seed, message)),
    },
  });
  const claim = {
    id: 'wh-a',
    url: 'https://example.com/',
    types: ['*'],
    repositories: ['*'],
    createdBy: 'admin',
    createdAt: new Date(0),
  };
  const [before, after] = [keysOf('one'), keysOf('one', 'two')];
  const { secret, row } = makeSecret(before, 'log-a', claim, 1);
  const now = new Date(1_000);
  assert.deepEqual(secretsAt(after, 'log-a', { ...claim, secrets: [row] }, now), [secret]);
  const ended = endSecret(after, 'log-a', claim, row, new Date(2_000));
  const next = makeSecret(after, 'log-a', claim, 2);
  assert(ended !== undefined);
  assert.deepEqual(secretsAt(after, 'log-a', { ...claim, secrets: [next.row, ended] }, now), [next.secret, secret]);
  const later = new Date(2_000);
  assert.deepEqual(secretsAt(after, 'log-a', { ...claim, secrets: [next.row, ended] }, later), [next.secret]);
  const longer = { ...ended, until: new Date(9_000) };
  assert.equal(secretsAt(after, 'log-a', { ...claim, secrets: [next.row, longer] }, later), undefined);
  assert.equal(secretsAt(keysOf('two'), 'log-a', { ...claim, secrets: [row] }, now), undefined);
  for (const [origin, changed] of [
    ['log-b', {}],
    ['log-a', { url: 'https://example.org/' }],
    ['log-a', { id: 'wh-b' }],
  ] as const) {
    const other = makeSecret(before, origin, { ...claim, ...changed }, 1);
    assert.notDeepEqual(other.secret, secret);
    assert.equal(secretsAt(before, origin, { ...claim, ...changed, secrets: [row] }, now), undefined);
  }
});
