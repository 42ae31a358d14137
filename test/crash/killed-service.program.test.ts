import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { checkLedger } from '../harness/check-ledger.ts';
import { dryRun } from '../harness/cut-matrix.ts';
import type { Submitted } from '../harness/kept-receipts.ts';
import { spawnReplica } from '../harness/replica-process.ts';
import { type Fate, openRoundTripProxy, type RoundTrip } from '../harness/round-trip-proxy.ts';
import { createSharedLedger, readReplicaAnchor } from '../harness/served-replica.ts';
import { makeRequest, send } from '../harness/traced-requests.ts';

/** Where `kill -9` strikes: what then stands. A client that gets an answer and dies with it has none either. */
const MOMENTS = [
  { name: 'before COMMIT is sent', committed: false, anchored: false },
  { name: 'between COMMIT and anchor', committed: true, anchored: false },
  { name: 'between anchor and answer', committed: true, anchored: true },
] as const;

test('kill -9 of the service around its commit: it starts again, and the retry gets the one receipt', async () => {
  await using ledger = await createSharedLedger();
  await using proxy = await openRoundTripProxy(ledger.database.serviceUrl);
  const admin = new pg.Client({ connectionString: ledger.database.adminUrl });
  await admin.connect();
  const submitted: Submitted[] = [];
  try {
    for (const { name, committed, anchored } of MOMENTS) {
      await using victim = await spawnReplica(ledger, 'only', { databaseUrl: proxy.url });
      const { commit } = await dryRun('attestation', victim.endpoint, proxy, admin);
      const request = makeRequest('attestation');
      const before = await sizeOf(admin);
      const strike = async ({ index, executed }: RoundTrip): Promise<Fate> => {
        const now = committed ? executed && (await sizeOf(admin)) > before : index === commit;
        if (!now || anchored) return 'pass';
        await victim.kill();
        return 'cut';
      };
      proxy.watch(strike);
      assert.equal((await send(victim.endpoint, request)).status, anchored ? 201 : 0, name);
      await victim.kill();
      proxy.watch();
      assert.equal(await sizeOf(admin), before + (committed ? 2 : 0), name);
      assert.equal((await readReplicaAnchor(ledger, 'only'))?.size, before + (anchored ? 2 : 0), name);

      await using again = await spawnReplica(ledger, 'only');
      const { status, receipt } = await send(again.endpoint, request);
      assert.equal(status, committed ? 200 : 201, name);
      assert(receipt !== undefined);
      submitted.push({ trace: request.trace, receipts: [receipt], failures: 1 });
      assert.equal(await again.stop(), 0);
    }
    const anchor = await readReplicaAnchor(ledger, 'only');
    assert(anchor !== undefined);
    const authenticator = ledger.keys.headAuthenticator;
    const { broken } = await checkLedger(ledger.database.adminUrl, { submitted, authenticator, anchors: [anchor] });
    assert.deepEqual(broken, []);
  } finally {
    await admin.end();
  }
});

async function sizeOf(admin: pg.Client): Promise<number> {
  const { rows } = await admin.query<{ size: number }>('SELECT count(*)::int AS size FROM entry');
  return rows[0]?.size ?? 0;
}
