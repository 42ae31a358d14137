import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkLedger } from '../harness/check-ledger.ts';
import { startLoad } from '../harness/client-load.ts';
import { query } from '../harness/embedded-folder.ts';
import { ReplicaNotReady, runBeside, spawnReplica } from '../harness/replica-process.ts';
import { createSharedLedger, readReplicaAnchor, type SharedLedger } from '../harness/served-replica.ts';
import { openStandbyPair, type StandbyPair } from '../harness/standby-pair.ts';
import { type Endpoint, makeRequest, SIGN_JUDGED, send } from '../harness/traced-requests.ts';

const CLIENTS = 8;
/** Entries that a post leaves which nobody else's shares a batch with: its own, and the commitment that ends the batch. */
const OF_A_POST = 2;
/** Posts that the standby lacks. */
const LOST = 3;

test('the primary is killed under load and its synchronous standby promoted: nothing acknowledged is lost', async (t) => {
  await using pair = await openStandbyPair({ synchronous: true });
  await using ledger = await createSharedLedger(pair.primary);
  await using before = await spawnReplica(ledger, 'only');
  const { token } = before.endpoint;
  await send(before.endpoint, SIGN_JUDGED);
  let serving: readonly Endpoint[] = [before.endpoint];
  const load = startLoad(CLIENTS, () => serving, Math.random);
  await until(() => load.acknowledged() > 60);
  await pair.killPrimary();
  await pair.promote();
  await before.kill();

  const moved: SharedLedger = { ...ledger, database: pair.standby };
  await assertRefusedStart(moved, 'head/other-timeline');
  const resumed = await runBeside(moved, 'only', 'resume', '--continue');
  assert.equal(resumed.exit, 0, resumed.said);
  await using after = await spawnReplica(moved, 'only', { token });
  serving = [after.endpoint];
  const acknowledged = load.acknowledged();
  await until(() => load.acknowledged() > acknowledged + 20);
  const told = await load.finish();
  t.diagnostic(JSON.stringify({ acknowledged: told.acknowledged, retried: told.retried, failures: told.failures }));
  assert.deepEqual(told.wrong, []);
  await assertWhole(moved, told);
});

test('a commit whose wait for the standby is cut short is neither acknowledged nor signed, and may be lost', async () => {
  await using pair = await openStandbyPair({ synchronous: true });
  await using ledger = await createSharedLedger(pair.primary);
  await using before = await spawnReplica(ledger, 'only');
  const { token } = before.endpoint;
  const kept = makeRequest('attestation');
  const first = await send(before.endpoint, kept);
  assert(first.receipt !== undefined);
  await pair.stopStandby();

  const request = makeRequest('attestation');
  let answered = false;
  const answer = send(before.endpoint, request).finally(() => {
    answered = true;
  });
  const ends = ['pg_cancel_backend', 'pg_terminate_backend'];
  for (let count = 0; !answered; count += 1) await endWaiting(pair, ends[count % 2] ?? '', () => answered);
  const { status, code } = await answer;
  assert.deepEqual([status, code], [503, 'database/unreachable']);
  const there = await query(pair.primary.adminUrl, 'SELECT count(*)::int AS size FROM entry');
  assert.equal(there[0]?.size, first.receipt.size + OF_A_POST, 'the primary itself holds the entry');
  const checkpoint = await readCheckpointSize(pair, before.endpoint);
  assert(checkpoint === undefined || checkpoint <= first.receipt.size, `a head of size ${checkpoint} was signed`);

  await pair.killPrimary();
  await before.kill();
  await pair.startStandby();
  await pair.promote();
  const moved: SharedLedger = { ...ledger, database: pair.standby };
  const resumed = await runBeside(moved, 'only', 'resume', '--continue');
  assert.equal(resumed.exit, 0, resumed.said);
  await using after = await spawnReplica(moved, 'only', { token });
  const again = await send(after.endpoint, request);
  assert.equal(again.status, 201);
  const submitted = [
    { trace: kept.trace, receipts: [first.receipt], failures: 0 },
    { trace: request.trace, receipts: again.receipt === undefined ? [] : [again.receipt], failures: 1 },
  ];
  await assertWhole(moved, { submitted, checkpoints: [] });
});

test('a standby that lacks commits is refused after its promotion, and nothing is signed (head/behind-anchor)', async () => {
  await using pair = await openStandbyPair({ synchronous: false });
  await using ledger = await createSharedLedger(pair.primary);
  await using before = await spawnReplica(ledger, 'only');
  assert.equal((await send(before.endpoint, makeRequest('attestation'))).status, 201);
  await untilCaughtUp(pair);
  await pair.stopStandby();
  for (let lost = 0; lost < LOST; lost += 1)
    assert.equal((await send(before.endpoint, makeRequest('attestation'))).status, 201);
  const anchor = await readReplicaAnchor(ledger, 'only');
  await pair.killPrimary();
  await before.kill();
  await pair.startStandby();
  await pair.promote();

  const moved: SharedLedger = { ...ledger, database: pair.standby };
  const sizeOf = async () => (await query(pair.standby.adminUrl, 'SELECT max(size)::int AS size FROM head'))[0]?.size;
  const size = await sizeOf();
  assert.equal(size, (anchor?.size ?? 0) - LOST * OF_A_POST);
  await assertRefusedStart(moved, 'head/other-timeline');
  const resumed = await runBeside(moved, 'only', 'resume', '--continue');
  assert.equal(resumed.exit, 13, resumed.said);
  assert.match(resumed.said, /head\/behind-anchor/);
  await assertRefusedStart(moved, 'head/other-timeline');
  assert.equal(await sizeOf(), size);
  assert.deepEqual(await readReplicaAnchor(ledger, 'only'), anchor);
});

async function assertRefusedStart(ledger: SharedLedger, code: string): Promise<void> {
  await assert.rejects(spawnReplica(ledger, 'only'), (error) => {
    assert(error instanceof ReplicaNotReady && error.said.includes(`(${code})`), String(error));
    return true;
  });
}

async function assertWhole(
  ledger: SharedLedger,
  told: Pick<Parameters<typeof checkLedger>[1], 'submitted' | 'checkpoints'>,
) {
  const anchor = await readReplicaAnchor(ledger, 'only');
  const authenticator = ledger.keys.headAuthenticator;
  const claims = { ...told, authenticator, ...(anchor === undefined ? {} : { anchors: [anchor] }) };
  assert.deepEqual((await checkLedger(ledger.database.adminUrl, claims)).broken, []);
}

/** Ends, by `how`, a backend that waits for the standby; returns as well when there is nothing to wait for any more. */
async function endWaiting(pair: StandbyPair, how: string, isOver: () => boolean): Promise<void> {
  await until(async () => {
    const ended = await query(
      pair.primary.adminUrl,
      `SELECT ${how}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'waybill serve'`,
    );
    return ended.length > 0 || isOver();
  });
}

/** Undefined where the service refuses to give one. Its wait for the standby, if it waits, ends by its own timeout. */
async function readCheckpointSize(pair: StandbyPair, { url }: Endpoint): Promise<number | undefined> {
  let answered = false;
  const asked = fetch(`${url}/log/checkpoint`).finally(() => {
    answered = true;
  });
  while (!answered) await endWaiting(pair, 'pg_cancel_backend', () => answered);
  const response = await asked;
  return response.status === 200 ? Number((await response.text()).split('\n')[1]) : undefined;
}

async function untilCaughtUp(pair: StandbyPair): Promise<void> {
  const sizeOf = async (url: string) => (await query(url, 'SELECT max(size)::int AS size FROM head'))[0]?.size;
  await until(async () => (await sizeOf(pair.primary.adminUrl)) === (await sizeOf(pair.standby.adminUrl)));
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += 20) {
    assert(waited < 30_000, 'it takes less than 30 s');
    await sleep(20);
  }
}
