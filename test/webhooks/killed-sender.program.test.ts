import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { type ReplicaProcess, spawnReplica } from '../harness/replica-process.ts';
import { copyAnchor, createSharedLedger } from '../harness/served-replica.ts';
import { openReceiver, verified } from './receiver.ts';

const environment = { WAYBILL_WEBHOOK_NETWORKS: '127.0.0.0/8' };

test('a replica that is killed while a receiver has its notice loses none: another one sends it again, under its id', async () => {
  await using ledger = await createSharedLedger();
  let first: ReplicaProcess | undefined;
  await using receiver = await openReceiver(
    // Taken, and never answered: the sender is gone before.
    () => first?.child.kill('SIGKILL'),
    204,
  );
  first = await spawnReplica(ledger, 'one', { environment });
  const { url, token } = first.endpoint;
  const post = async (base: string, path: string, body: object) => {
    const response = await fetch(base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    assert.equal(response.status, 201, text);
    return JSON.parse(text) as { readonly secret: string };
  };
  const { secret } = await post(url, '/v1/webhooks', { url: receiver.url, types: ['contract.published'] });
  await post(url, '/v1/contracts', { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'lint' }] });
  await receiver.until(1);
  await first.kill();
  await copyAnchor(ledger, 'one', 'two');
  await using second = await spawnReplica(ledger, 'two', { environment, token });
  // The lease of the one that is gone is what keeps the notice back; nobody waits a minute for it here.
  const database = new pg.Client({ connectionString: ledger.database.adminUrl });
  await database.connect();
  try {
    const { rows } = await database.query(
      'SELECT state, attempts, lease_until > now() AS leased FROM webhook_delivery',
    );
    assert.deepEqual(rows, [{ state: 'waiting', attempts: 1, leased: true }]);
    await database.query('UPDATE webhook_delivery SET lease_until = clock_timestamp()');
  } finally {
    await database.end();
  }
  await receiver.until(2);
  const [before, after] = receiver.received;
  assert(before !== undefined && after !== undefined);
  assert.equal(after.id, before.id);
  assert.equal(after.body, before.body);
  assert.equal(verified(secret, after).type, 'contract.published');
  await second.stop();
  assert.equal(receiver.received.length, 2);
});
