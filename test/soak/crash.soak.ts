import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../../src/postgres/migrate.ts';
import { checkLedger } from '../harness/check-ledger.ts';
import { type ClientLoad, startLoad } from '../harness/client-load.ts';
import { type ReplicaFleet, startFleet } from '../harness/replica-fleet.ts';
import { createSharedLedger, readReplicaAnchor } from '../harness/served-replica.ts';
import { startTestServer } from '../harness/test-server.ts';
import { SIGN_JUDGED, send } from '../harness/traced-requests.ts';
import { readSoakRun } from './soak-run.ts';

const REPLICAS = 4;
const CLIENTS = 16;
const KILLS = 1_000;
/** Longest time from a start, or from SIGCONT, until a replica serves. */
const READY_MS_MAX = 20_000;
/** Longer than the timeouts of lock, statement and idle transaction. */
const PAUSE_MS = [6_000, 9_000] as const;
/** Between two kills. */
const GAP_MS = [100, 1_300] as const;

type KillKind = 'service' | 'terminate-backend' | 'pause' | 'postgres-crash';
/** Of a hundred kills. */
const WEIGHTS: readonly (readonly [KillKind, number])[] = [
  ['service', 62],
  ['terminate-backend', 27],
  ['postgres-crash', 7],
  ['pause', 4],
];

test('processes and connections are killed at random under load: nothing acknowledged is lost, forked or doubled', async (t) => {
  const run = readSoakRun();
  const started = performance.now();
  const server = await startTestServer();
  await migrate(server.ownerUrl, 'migrations');
  await using ledger = await createSharedLedger(server);
  const fleet = await startFleet(ledger, REPLICAS, READY_MS_MAX);
  try {
    await fleet.allUp(3 * READY_MS_MAX);
    for (const endpoint of fleet.endpoints()) await send(endpoint, SIGN_JUDGED);
    const load = startLoad(CLIENTS, fleet.endpoints, run.random);
    const kills = await killAtRandom(run.bound(KILLS), run.random, fleet, load, server.adminUrl);
    await fleet.allUp(3 * READY_MS_MAX);
    const told = await load.finish();
    await fleet.stop();
    const anchors = await Promise.all(fleet.names.map((name) => readReplicaAnchor(ledger, name)));
    const { size, heads, broken } = await checkLedger(server.adminUrl, {
      submitted: told.submitted,
      checkpoints: told.checkpoints,
      authenticator: ledger.keys.headAuthenticator,
      anchors: anchors.flatMap((anchor) => anchor ?? []),
    });
    const { acknowledged, retried, failures } = told;
    const counts = {
      kills,
      acknowledged,
      retried,
      failures,
      entries: size,
      heads,
      checkpoints: told.checkpoints.length,
    };
    const starts = {
      starts: fleet.starts(),
      slowestMs: fleet.slowestStartMs(),
      postponed: Object.fromEntries(fleet.postponed),
    };
    t.diagnostic(JSON.stringify({ seed: run.seed, ...counts, ...starts, seconds: seconds(started) }));
    // Together: which of them failed says most about why.
    const found = { wrong: told.wrong, stuck: fleet.stuck, broken: broken.slice(0, 20) };
    assert.deepEqual(found, { wrong: [], stuck: [], broken: [] });
    assert(acknowledged > 0 && anchors.every((anchor) => anchor !== undefined));
  } finally {
    await fleet.stop();
    await server.stop();
  }
});

async function killAtRandom(
  count: number,
  random: () => number,
  fleet: ReplicaFleet,
  load: ClientLoad,
  adminUrl: string,
): Promise<Readonly<Record<KillKind, number>>> {
  const kills: Record<KillKind, number> = { service: 0, 'terminate-backend': 0, pause: 0, 'postgres-crash': 0 };
  const pauses: Promise<unknown>[] = [];
  for (let done = 0; done < count; ) {
    await sleep(between(GAP_MS, random));
    const kind = drawKind(random);
    const name = fleet.names[Math.floor(random() * fleet.names.length)] ?? '';
    if (kind === 'pause') {
      // At most one at a time: with most of the replicas standing still there is no load.
      if (fleet.up().length < REPLICAS - 1) continue;
      pauses.push(fleet.pause(name, between(PAUSE_MS, random)));
    } else if (kind === 'service') {
      if (!fleet.kill(name)) continue;
    } else if (!(await strikeBackend(adminUrl, kind, random))) continue;
    kills[kind] += 1;
    done += 1;
    if (done % 100 === 0) process.stderr.write(`${done} kills, ${load.acknowledged()} requests answered\n`);
    // Under load: somebody was served since, or nobody could be.
    const before = load.acknowledged();
    for (let waited = 0; load.acknowledged() === before && waited < 2_000; waited += 20) await sleep(20);
  }
  await Promise.all(pauses);
  return kills;
}

/** Ends one of the service's backends: politely, or by SIGKILL, whereupon Postgres restarts and recovers. */
async function strikeBackend(adminUrl: string, kind: KillKind, random: () => number): Promise<boolean> {
  const admin = new pg.Client({ connectionString: adminUrl });
  admin.on('error', () => undefined);
  try {
    await admin.connect();
    const { rows } = await admin.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'waybill serve'
       ORDER BY (state <> 'idle') DESC, pid`,
    );
    // Rather one that works than one that waits for work.
    const pid = rows[Math.floor(random() * random() * rows.length)]?.pid;
    if (pid === undefined) return false;
    if (kind === 'terminate-backend') await admin.query('SELECT pg_terminate_backend($1)', [pid]);
    else process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    // The server recovers from the last one.
    return false;
  } finally {
    await admin.end().catch(() => undefined);
  }
}

function drawKind(random: () => number): KillKind {
  let drawn = random() * 100;
  for (const [kind, weight] of WEIGHTS) {
    if (drawn < weight) return kind;
    drawn -= weight;
  }
  return 'service';
}

function between([low, high]: readonly [number, number], random: () => number): number {
  return low + random() * (high - low);
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1000);
}
