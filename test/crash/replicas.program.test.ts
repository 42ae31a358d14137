import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { checkLedger } from '../harness/check-ledger.ts';
import type { Submitted } from '../harness/kept-receipts.ts';
import { ReplicaNotReady, type ReplicaProcess, spawnReplica } from '../harness/replica-process.ts';
import { type Fate, openRoundTripProxy, type RoundTripProxy } from '../harness/round-trip-proxy.ts';
import {
  copyAnchor,
  createSharedLedger,
  readReplicaAnchor,
  replicaFolders,
  type SharedLedger,
} from '../harness/served-replica.ts';
import { makeRequest, send, type TracedRequest } from '../harness/traced-requests.ts';

/** Longer than the timeouts of lock (3 s), statement (5 s) and idle transaction (5 s). */
const PAUSE_MS = 7_000;

/** A replica that stands still from a round trip of its append on, as after SIGSTOP, and the request that it was at. */
type Paused = {
  readonly replica: ReplicaProcess;
  readonly request: TracedRequest;
  readonly answered: ReturnType<typeof send>;
  /** When it was stopped, by `performance.now`. */
  readonly since: number;
  readonly goOn: () => void;
};

test('replicas that stand still for longer than every timeout: others go on, and what resumes says nothing false', async () => {
  await using ledger = await createSharedLedger();
  await using first = await spawnReplica(ledger, 'first');
  const { token } = first.endpoint;
  await using toHolder = await openRoundTripProxy(ledger.database.serviceUrl);
  await using toSilent = await openRoundTripProxy(ledger.database.serviceUrl);
  const admin = new pg.Client({ connectionString: ledger.database.adminUrl });
  await admin.connect();
  await using _closing = { [Symbol.asyncDispose]: () => admin.end() };
  for (const name of ['holder', 'silent']) await copyAnchor(ledger, 'first', name);
  await using holder = await spawnReplica(ledger, 'holder', { databaseUrl: toHolder.url, token });
  await using silent = await spawnReplica(ledger, 'silent', { databaseUrl: toSilent.url, token });

  // One has committed and not answered; then another holds the lock and has not committed.
  const committed = await pauseInAppend(admin, silent, toSilent, 'committed');
  const holding = await pauseInAppend(admin, holder, toHolder, 'holding the lock');
  const submitted: Submitted[] = [];
  for (const request of [makeRequest('attestation'), holding.request, committed.request]) {
    const { status, receipt } = await send(first.endpoint, request);
    assert.equal(status, request === committed.request ? 200 : 201);
    submitted.push({ trace: request.trace, receipts: receipt === undefined ? [] : [receipt], failures: 1 });
  }
  const heldMs = performance.now() - holding.since;
  assert(heldMs > 1_000, `the lock was held for a while: ${heldMs} ms`);
  await sleep(Math.max(0, PAUSE_MS - heldMs));

  for (const paused of [committed, holding]) {
    paused.goOn();
    const { status, receipt } = await paused.answered;
    assert([200, 201].includes(status), `answered ${status} after it was resumed`);
    assert(receipt !== undefined);
    submitted.push({ trace: paused.request.trace, receipts: [receipt], failures: 0 });
    const after = makeRequest('attestation');
    const next = await send(paused.replica.endpoint, after);
    assert.equal(next.status, 201);
    submitted.push({ trace: after.trace, receipts: next.receipt === undefined ? [] : [next.receipt], failures: 0 });
    assert.equal((await fetch(`${paused.replica.endpoint.url}/readyz`)).status, 200);
  }
  await assertWhole(ledger, ['first', 'holder', 'silent'], submitted);
});

/** Stops a replica in an append of its own, told by what its transaction did and not by how often it asked before. */
async function pauseInAppend(
  admin: pg.Client,
  replica: ReplicaProcess,
  proxy: RoundTripProxy,
  when: 'committed' | 'holding the lock',
): Promise<Paused> {
  // Whoever was never asked before reads much first.
  await send(replica.endpoint, makeRequest('attestation'));
  const before = await sizeOf(admin);
  const request = makeRequest('attestation');
  const resumed = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<number>();
  let struck = false;
  proxy.watch(async ({ executed, backend }): Promise<Fate> => {
    if (struck || executed !== (when === 'committed')) return 'pass';
    const now = executed ? (await sizeOf(admin)) > before : await hasWrittenEntries(admin, backend);
    if (struck || !now) return 'pass';
    struck = true;
    replica.child.kill('SIGSTOP');
    stopped.resolve(performance.now());
    await resumed.promise;
    return 'pass';
  });
  const answered = send(replica.endpoint, request, 40_000);
  const since = await stopped.promise;
  const goOn = () => {
    replica.child.kill('SIGCONT');
    resumed.resolve();
    proxy.watch();
  };
  return { replica, request, answered, since, goOn };
}

/** Whether a transaction of this server process has inserted entries, which it does under the ledger's lock. */
async function hasWrittenEntries(admin: pg.Client, backend: number): Promise<boolean> {
  const { rowCount } = await admin.query(
    "SELECT 1 FROM pg_locks WHERE pid = $1 AND relation = 'entry'::regclass AND mode = 'RowExclusiveLock'",
    [backend],
  );
  return rowCount !== 0;
}

test('four replicas that start at once on an empty database open one log, and all serve it', async () => {
  await using ledger = await createSharedLedger();
  const names = ['one', 'two', 'three', 'four'];
  const started = await Promise.allSettled(names.map((name) => spawnReplica(ledger, name)));
  try {
    assert.deepEqual(
      started.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : [])),
      [],
    );
    const replicas = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const keys = new Set(replicas.map(({ endpoint }) => endpoint.logKey.name));
    assert.equal(keys.size, 1);
    const token = replicas.map(({ endpoint }) => endpoint.token).find((one) => one !== '') ?? '';
    const submitted: Submitted[] = [];
    for (const { endpoint } of replicas) {
      const request = makeRequest('attestation');
      const { status, receipt } = await send({ ...endpoint, token }, request);
      assert.equal(status, 201);
      submitted.push({ trace: request.trace, receipts: receipt === undefined ? [] : [receipt], failures: 0 });
    }
    await assertWhole(ledger, names, submitted);
  } finally {
    for (const outcome of started) if (outcome.status === 'fulfilled') await outcome.value.kill();
  }
});

test('kill -9 between the first token and its file: the next start still leaves an administrator token', async () => {
  await using ledger = await createSharedLedger();
  await using proxy = await openRoundTripProxy(ledger.database.serviceUrl);
  const admin = new pg.Client({ connectionString: ledger.database.adminUrl });
  await admin.connect();
  try {
    let pid: number | undefined;
    proxy.watch(async ({ executed }): Promise<Fate> => {
      if (!executed) return 'pass';
      const { rowCount } = await admin.query('SELECT 1 FROM api_token');
      if (rowCount === 0 || pid === undefined) return 'pass';
      process.kill(pid, 'SIGKILL');
      return 'cut';
    });
    const onSpawn = (started: number) => {
      pid = started;
    };
    const start = spawnReplica(ledger, 'only', { databaseUrl: proxy.url, onSpawn });
    await assert.rejects(start, (error) => error instanceof ReplicaNotReady && error.killed);
    const { tokenFile } = replicaFolders(ledger, 'only');
    assert(!existsSync(tokenFile), 'it was killed before its file was there');

    await using again = await spawnReplica(ledger, 'only');
    assert.equal(again.endpoint.token, readFileSync(tokenFile, 'utf8').trim());
    assert.equal((await send(again.endpoint, makeRequest('attestation'))).status, 201);
    assert.equal((await admin.query('SELECT 1 FROM api_token')).rowCount, 1);
  } finally {
    await admin.end();
  }
});

async function assertWhole(ledger: SharedLedger, names: readonly string[], submitted: readonly Submitted[]) {
  const anchors = await Promise.all(names.map((name) => readReplicaAnchor(ledger, name)));
  const authenticator = ledger.keys.headAuthenticator;
  const { broken } = await checkLedger(ledger.database.adminUrl, {
    submitted,
    authenticator,
    anchors: anchors.flatMap((anchor) => anchor ?? []),
  });
  assert.deepEqual(broken, []);
}

async function sizeOf(admin: pg.Client): Promise<number> {
  const { rows } = await admin.query<{ size: number }>('SELECT count(*)::int AS size FROM entry');
  return rows[0]?.size ?? 0;
}
