import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoticeWorker } from '../../src/service/notice-worker.ts';
import { growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openReceiver, verified } from './receiver.ts';
import { openWebhooksUnderTest } from './webhooks-under-test.ts';

test('what happened is told once, signed so that a library that is not ours accepts it, and is the event of the stream', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(204);
  await hooks.publish('before');
  const { webhook, secret } = await hooks.create(receiver.url);
  const seq = await hooks.publish('shop');
  await growLedger(hooks.under, 1);
  const verdict = await hooks.service.recordVerdict(hooks.admin, { digest: IMAGE, repository: IMAGE_REPOSITORY });
  assert(verdict.ok && verdict.value.result.verdict === 'fail', JSON.stringify(verdict));
  await hooks.deliver();
  await hooks.deliver();
  const told = receiver.received.map((one) => verified(secret, one));
  assert.deepEqual(told.map(({ type }) => type).sort(), ['contract.published', 'verdict.failed']);
  const events = await hooks.service.readEvents(hooks.admin, { limit: 1_000 });
  assert(events.ok);
  const lines = new Map(events.value.events.map(({ event, line }) => [event.seq, line]));
  for (const { data, timestamp } of told) {
    assert.equal(JSON.stringify(data), lines.get(Number(data.seq)));
    assert.equal(timestamp, data.time);
  }
  assert.equal(told.find(({ type }) => type === 'contract.published')?.data.seq, seq);
  const deliveries = await hooks.deliveries(webhook);
  assert.deepEqual(
    deliveries.map(({ state, attempts, status }) => [state, attempts, status]),
    [
      ['delivered', 1, 204],
      ['delivered', 1, 204],
    ],
  );
  assert.deepEqual(new Set(deliveries.map(({ delivery }) => delivery)), new Set(receiver.received.map(({ id }) => id)));
});

test('a webhook is told of its types and its repositories alone, and of what is of no repository', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(204);
  await hooks.create(`${receiver.url}/types`, ['run.expired']);
  await hooks.create(`${receiver.url}/elsewhere`, ['*'], ['bank/*']);
  await hooks.create(`${receiver.url}/here`, ['verdict.failed'], ['shop/*']);
  await hooks.publish('shop');
  await growLedger(hooks.under, 1);
  const verdict = await hooks.service.recordVerdict(hooks.admin, { digest: IMAGE, repository: IMAGE_REPOSITORY });
  assert(verdict.ok);
  await hooks.deliver();
  const told = receiver.received.map(({ path, body }) => [path, JSON.parse(body).type]);
  assert.deepEqual(told.sort(), [
    ['/hook/elsewhere', 'contract.published'],
    ['/hook/here', 'verdict.failed'],
  ]);
});

test('a receiver that fails is asked again after pauses that grow, ten times, and then not until somebody asks for it', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(...Array.from({ length: 10 }, () => 502), 204);
  const { webhook, secret } = await hooks.create(receiver.url);
  await hooks.publish('shop');
  const pauses: number[] = [];
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    await hooks.deliver();
    assert.equal(receiver.received.length, attempt);
    const [delivery] = await hooks.deliveries(webhook);
    assert.deepEqual([delivery?.attempts, delivery?.status, delivery?.fault], [attempt, 502, 'webhook/answered-no']);
    if (attempt === 10) {
      assert.equal(delivery?.state, 'dead');
      break;
    }
    const pause = (Date.parse(delivery?.dueAt ?? '') - hooks.clock.now.getTime()) / 1_000;
    pauses.push(pause);
    hooks.pass(pause - 0.5);
    await hooks.deliver();
    assert.equal(receiver.received.length, attempt, 'not before it is due');
    hooks.pass(0.5);
  }
  for (const [index, pause] of pauses.entries()) {
    const middle = Math.min(5 * 4 ** index, 12 * 3_600);
    assert(pause >= middle * 0.799 && pause <= middle * 1.201, `pause ${index + 1}: ${pause} s`);
  }
  hooks.pass(86_400);
  await hooks.deliver();
  assert.equal(receiver.received.length, 10, 'a dead letter is not attempted');
  const listed = await hooks.service.listDeliveries(hooks.admin, webhook, { state: 'dead' }, { limit: 10 });
  assert(listed.ok && listed.value.items.length === 1);
  const revived = await hooks.service.redeliverNotices(hooks.admin, webhook, listed.value.items[0]?.delivery);
  assert.deepEqual(revived, { ok: true, value: { revived: 1 } });
  // The library holds the time to its own clock, and the test is a day ahead of it.
  hooks.clock.now = new Date();
  await hooks.query('UPDATE webhook_delivery SET due_at = created_at');
  await hooks.deliver();
  const [last] = receiver.received.slice(-1);
  assert(last !== undefined && verified(secret, last).type === 'contract.published');
  assert.equal(new Set(receiver.received.map(({ id }) => id)).size, 1, 'one notice has one id over all attempts');
  assert.equal((await hooks.deliveries(webhook))[0]?.state, 'delivered');
  const again = await hooks.service.redeliverNotices(hooks.admin, webhook, last.id);
  assert.equal(again.ok ? 'ok' : again.fault.code, 'webhook/delivery-unknown');
});

test('a receiver that names a time is left alone until then; one that is gone is asked no more', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using busy = await openReceiver({ status: 429, headers: { 'retry-after': '3600' } }, 204);
  const { webhook } = await hooks.create(busy.url);
  await hooks.publish('shop');
  await hooks.deliver();
  hooks.pass(3_599);
  await hooks.deliver();
  assert.equal(busy.received.length, 1);
  hooks.pass(1);
  await hooks.deliver();
  assert.equal(busy.received.length, 2);
  assert.equal((await hooks.deliveries(webhook))[0]?.state, 'delivered');

  await using gone = await openReceiver(410, 204);
  const other = await hooks.create(gone.url);
  await hooks.publish('shop', 2);
  await hooks.deliver();
  assert.equal(await hooks.stateOf(other.webhook), 'gone');
  await hooks.publish('shop', 3);
  hooks.pass(86_400);
  await hooks.deliver();
  assert.equal(gone.received.length, 1);
  const enabled = await hooks.service.enableWebhook(hooks.admin, other.webhook);
  assert(enabled.ok && enabled.value.state === 'enabled');
  await hooks.deliver();
  assert.equal(gone.received.length, 2, 'what happened meanwhile is told now');
});

test('a webhook to which nothing got through for five days is disabled, and says why', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(302);
  const { webhook } = await hooks.create(receiver.url);
  await hooks.publish('shop');
  for (let attempt = 0; attempt < 10; attempt += 1) {
    hooks.pass(15 * 3_600);
    await hooks.deliver();
  }
  assert.equal((await hooks.deliveries(webhook))[0]?.fault, 'webhook/redirected');
  assert.equal(await hooks.stateOf(webhook), 'failing');
});

test('what is enabled again leaves out what happened up to the entry that was named', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(204);
  const { webhook } = await hooks.create(receiver.url);
  const disabled = await hooks.service.disableWebhook(hooks.admin, webhook);
  assert(disabled.ok && disabled.value.state === 'asked');
  const first = await hooks.publish('shop');
  const second = await hooks.publish('shop', 2);
  await hooks.deliver();
  assert.equal(receiver.received.length, 0);
  const beyond = await hooks.service.enableWebhook(hooks.admin, webhook, 1_000_000);
  assert.equal(beyond.ok ? 'ok' : beyond.fault.code, 'service/out-of-range');
  await hooks.service.enableWebhook(hooks.admin, webhook, first);
  await hooks.deliver();
  assert.deepEqual(
    receiver.received.map(({ body }) => JSON.parse(body).data.seq),
    [second],
  );
  await hooks.service.disableWebhook(hooks.admin, webhook);
  await hooks.publish('shop', 3);
  await hooks.service.enableWebhook(hooks.admin, webhook, 'newest');
  await hooks.deliver();
  assert.equal(receiver.received.length, 1);
});

test('replicas that race deliver each notice once, and none of them twice at the same time', async () => {
  await using hooks = await openWebhooksUnderTest();
  const underWay = new Set<string>();
  const doubled: string[] = [];
  await using receiver = await openReceiver((response, { id }) => {
    if (underWay.has(id)) doubled.push(id);
    underWay.add(id);
    setTimeout(() => {
      underWay.delete(id);
      response.writeHead(204).end();
    }, 20);
  });
  const { webhook } = await hooks.create(receiver.url);
  for (let version = 1; version <= 24; version += 1) await hooks.publish('shop', version);
  const others = [await hooks.under.openAnother(), await hooks.under.openAnother()];
  const workers = [hooks.context, ...others.map(({ context }) => hooks.at(context))].map(({ notices }) => notices);
  while ((await hooks.deliveries(webhook)).filter(({ state }) => state === 'delivered').length < 24)
    await Promise.all(workers.map((worker) => hooks.deliver(worker)));
  assert.deepEqual(doubled, []);
  assert.equal(receiver.received.length, 24);
  assert.equal(new Set(receiver.received.map(({ id }) => id)).size, 24);
});

test('a notice whose sender died between sending and recording is sent again, with its id, once the lease is over', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(204);
  const { webhook, secret } = await hooks.create(receiver.url);
  await hooks.publish('shop');
  const { context } = hooks;
  const dying = new NoticeWorker({
    ...context,
    webhooks: { ...context.webhooks, settle: () => Promise.reject(new Error('the process is gone')) },
  });
  await hooks.deliver(dying);
  assert.equal(receiver.received.length, 1);
  await hooks.deliver();
  assert.equal(receiver.received.length, 1, 'as long as the lease lasts nobody else sends it');
  await hooks.query(`UPDATE webhook_delivery SET lease_until = clock_timestamp()`);
  await hooks.deliver();
  const [first, second] = receiver.received;
  assert(first !== undefined && second !== undefined);
  assert.equal(second.id, first.id);
  assert.equal(second.body, first.body);
  assert.equal(verified(secret, second).type, 'contract.published');
  const [delivery] = await hooks.deliveries(webhook);
  assert.deepEqual([delivery?.state, delivery?.attempts], ['delivered', 2]);
});

test('a slow receiver has four notices under way at the most, and keeps no other waiting', async () => {
  await using hooks = await openWebhooksUnderTest();
  const held: (() => void)[] = [];
  await using slow = await openReceiver((response) => {
    held.push(() => response.writeHead(204).end());
  });
  await using quick = await openReceiver(204);
  await hooks.create(slow.url);
  await hooks.create(quick.url);
  for (let version = 1; version <= 6; version += 1) await hooks.publish('shop', version);
  const { notices } = hooks.context;
  while (quick.received.length < 6) await notices.look();
  await slow.until(4);
  await notices.look();
  assert.equal(slow.received.length, 4);
  for (let answered = 0; answered < 6; answered += 1) {
    await slow.until(answered + 1);
    held[answered]?.();
    await notices.look();
    while (slow.received.length < Math.min(6, answered + 5)) await notices.look();
  }
  await notices.settled();
  assert.equal(slow.openMax(), 4);
});
