import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { Caller } from '../../src/service/caller.ts';
import { growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openReceiver } from './receiver.ts';
import { openWebhooksUnderTest } from './webhooks-under-test.ts';

type Hooks = Awaited<ReturnType<typeof openWebhooksUnderTest>>;

const HOUR = 3_600;

/** An image without its scan, a builder, and two release managers, none of whom is another. */
async function openShop(hooks: Hooks) {
  const { service, admin } = hooks;
  const grant = async (principal: string, role: Caller['role']): Promise<Caller> => {
    const scope = { repositories: ['*'], stages: ['*'] };
    const granted = await service.grantPrincipal(admin, { principal, role, person: principal, ...scope });
    assert(granted.ok, JSON.stringify(granted));
    const token = await service.createToken(admin, { principal, title: 'test', lifetimeSeconds: 86_400 * 30 });
    const caller = token.ok ? await service.authenticate(token.value.token) : token;
    assert(caller.ok, JSON.stringify(caller));
    return caller.value;
  };
  await grant('bootstrap-admin', 'admin');
  const document = { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'scan' }] };
  const published = await service.publishContract(admin, document);
  assert(published.ok, JSON.stringify(published));
  await growLedger(hooks.under, 1);
  const [anna, ben] = [await grant('anna', 'release-manager'), await grant('ben', 'release-manager')];
  const request = async (hours: number, breakGlass = false) => {
    const asked = await service.requestWaiver(anna, {
      digest: IMAGE,
      repository: IMAGE_REPOSITORY,
      contract: 'shop',
      check: 'contract/stage',
      stage: 'scan',
      reason: 'no fix yet',
      expires: new Date(hooks.clock.now.getTime() + hours * HOUR * 1_000).toISOString(),
      breakGlass,
    });
    assert(asked.ok, JSON.stringify(asked));
    return asked.value;
  };
  return { anna, ben, request };
}

const told = (receiver: Awaited<ReturnType<typeof openReceiver>>, type: string) =>
  receiver.received.map(({ body }) => JSON.parse(body)).filter((message) => message.type === type);

test('a waiver that is in force is told of once, 72 hours before its end; one that was revoked is not', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(204);
  const { ben, request } = await openShop(hooks);
  await hooks.create(receiver.url, ['waiver.expiring'], ['shop/*']);
  await hooks.create(`${receiver.url}/elsewhere`, ['waiver.expiring'], ['bank/*']);
  const [kept, revoked] = [await request(100), await request(101)];
  for (const { waiver } of [kept, revoked]) {
    const approved = await hooks.service.approveWaiver(ben, waiver);
    assert(approved.ok, JSON.stringify(approved));
  }
  assert((await hooks.service.revokeWaiver(ben, revoked.waiver)).ok);
  await hooks.deliver();
  hooks.pass(27 * HOUR);
  await hooks.deliver();
  assert.deepEqual(receiver.received, [], 'not before');
  hooks.pass(2 * HOUR);
  for (let look = 0; look < 3; look += 1) {
    await hooks.deliver();
    hooks.pass(HOUR);
  }
  assert.equal(receiver.received.length, 1);
  const [message] = told(receiver, 'waiver.expiring');
  assert.equal(message.data.body.waiver, kept.waiver);
  assert.equal(Date.parse(message.timestamp), Date.parse(kept.expires) - 72 * HOUR * 1_000);
});

test('a waiver by break-glass that nobody confirmed is told of once, after 12 hours', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(204);
  const { request } = await openShop(hooks);
  await hooks.create(receiver.url, ['waiver.break-glass-unconfirmed']);
  const { waiver } = await request(200, true);
  hooks.pass(11 * HOUR);
  await hooks.deliver();
  assert.equal(receiver.received.length, 0);
  for (let look = 0; look < 3; look += 1) {
    hooks.pass(1.5 * HOUR);
    await hooks.deliver();
  }
  const messages = told(receiver, 'waiver.break-glass-unconfirmed');
  assert.deepEqual(
    messages.map(({ data }) => data.body.waiver),
    [waiver],
  );
});

test('a key that came of age is told of once, and not again after its delivery is forgotten', async () => {
  await using hooks = await openWebhooksUnderTest();
  await using receiver = await openReceiver(204);
  await hooks.create(receiver.url, ['signer.ageing']);
  const publicKeyPem = String(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
  const scope = { repositories: ['shop/*'], stages: ['*'] };
  const registered = await hooks.service.registerSigner(hooks.admin, { publicKeyPem, ...scope, ageSecondsWarn: HOUR });
  assert(registered.ok, JSON.stringify(registered));
  await hooks.deliver();
  assert.equal(receiver.received.length, 0);
  hooks.pass(2 * HOUR);
  await hooks.deliver();
  hooks.pass(90 * 24 * HOUR);
  await hooks.deliver();
  await hooks.deliver();
  assert.equal(receiver.received.length, 1);
  const [message] = told(receiver, 'signer.ageing');
  assert.deepEqual([message.data.kind, message.data.body.signer], ['signer.registered', registered.value.signer]);
});
