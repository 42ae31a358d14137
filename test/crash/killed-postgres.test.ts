import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '../../src/postgres/migrate.ts';
import { checkLedger } from '../harness/check-ledger.ts';
import { startLoad } from '../harness/client-load.ts';
import { query } from '../harness/embedded-folder.ts';
import { createSharedLedger, readReplicaAnchor, serveReplica } from '../harness/served-replica.ts';
import { startTestServer } from '../harness/test-server.ts';
import { SIGN_JUDGED, send } from '../harness/traced-requests.ts';

const CRASHES = 3;

test('kill -9 of the backend that appends, under load: Postgres recovers, the service goes on, nothing is lost', async (t) => {
  const server = await startTestServer();
  try {
    await migrate(server.ownerUrl, 'migrations');
    await using ledger = await createSharedLedger(server);
    await using replica = await serveReplica(ledger, 'only');
    await send(replica.endpoint, SIGN_JUDGED);
    const load = startLoad(8, () => [replica.endpoint], Math.random);
    for (let crash = 0; crash < CRASHES; crash += 1) {
      await untilMoreThan(load.acknowledged, 10);
      process.kill(await appendingBackend(server.adminUrl), 'SIGKILL');
    }
    await untilMoreThan(load.acknowledged, 10);
    const { submitted, checkpoints, wrong, acknowledged, retried, failures } = await load.finish();
    t.diagnostic(JSON.stringify({ acknowledged, retried, failures }));
    assert.deepEqual(wrong, []);
    assert(
      Object.keys(failures).every((code) => code === 'database/unreachable'),
      JSON.stringify(failures),
    );
    const anchor = await readReplicaAnchor(ledger, 'only');
    assert(anchor !== undefined);
    const authenticator = ledger.keys.headAuthenticator;
    const claims = { submitted, checkpoints, authenticator, anchors: [anchor] };
    assert.deepEqual((await checkLedger(server.adminUrl, claims)).broken, []);
  } finally {
    await server.stop();
  }
});

/** The backend that holds the ledger's lock at this moment; of one that works where none does. */
async function appendingBackend(url: string): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const rows = await query(
      url,
      `SELECT l.pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
       WHERE c.relname = 'ledger_lock' AND l.mode = 'RowShareLock' AND l.granted ORDER BY l.pid LIMIT 1`,
    );
    const pid = rows[0]?.pid;
    if (typeof pid === 'number') return pid;
  }
  throw new Error('nobody appends');
}

/** Waits until `count` has grown by more than `by`. */
async function untilMoreThan(count: () => number, by: number): Promise<void> {
  const from = count();
  for (let waited = 0; count() <= from + by; waited += 20) {
    assert(waited < 20_000, 'the load goes on');
    await sleep(20);
  }
}
