import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openAnchorFile } from '../../src/keys/anchor-file.ts';
import { openReplica, type Replica } from '../../src/main/open-replica.ts';
import { ServiceError, type Submission } from '../../src/service/ports.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { readLeaves, rewriteLedger } from '../../src/tamper/rewrite-ledger.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { openCuttingProxy } from '../harness/cutting-proxy.ts';
import { assertRefused, query } from '../harness/embedded-folder.ts';
import { attestStage, audit, growLedger, IMAGE } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

/** A submission whose identity is that of its name; it has no payload. */
function submission(name: string, restsOn: Submission['restsOn'] = []): Submission {
  return {
    identity: submissionIdentity('test', [name]),
    proposal: {
      kind: 'signer.revoked',
      principal: 'bootstrap-admin',
      body: { signer: '0'.repeat(64), effective: '2026-01-01T00:00:00.000Z' },
    },
    restsOn,
  };
}
const SIGNER_LIST = `signer:${'0'.repeat(64)}`;

async function assertWhole(service: ServiceUnderTest, stateFolder = join(service.folder, 'state')): Promise<number> {
  const anchor = await openAnchorFile(join(stateFolder, 'anchor.json')).read();
  assert(anchor !== undefined);
  const { origin } = service.context.store;
  const result = await audit(service.database.ownerUrl, {
    origin,
    authenticator: service.keys.headAuthenticator,
    anchor,
  });
  assert.deepEqual(result.findings, []);
  return result.size;
}

test('within one batch the first of equal submissions is appended and the others find it', async () => {
  await using service = await openServiceUnderTest();
  const { store } = service.context;
  const { results, head, grownFrom } = await store.append(
    ['a', 'b', 'a'].map((name) => submission(name)),
    undefined,
  );
  const size = grownFrom.frontier.size;
  assert.deepEqual(results, [
    { outcome: 'appended', seq: size },
    { outcome: 'appended', seq: size + 1 },
    { outcome: 'found', seq: size },
  ]);
  assert.equal(head.frontier.size, size + 3, 'two entries, and the commitment to the map after them');
  const again = await store.append([submission('b')], head);
  assert.deepEqual(again.results, [{ outcome: 'found', seq: size + 1 }]);
  assert.equal(again.head.frontier.size, head.frontier.size);
});

test('what rests on a list that has moved comes back as stale and is not appended', async () => {
  await using service = await openServiceUnderTest();
  const { store } = service.context;
  const rests = [{ key: SIGNER_LIST, n: 0 }];
  // The second rests on what the first of the same batch extends.
  const first = await store.append([submission('a', rests), submission('b', rests)], undefined);
  assert.deepEqual(
    first.results.map(({ outcome }) => outcome),
    ['appended', 'stale'],
  );
  const second = await store.append([submission('b', rests)], undefined);
  assert.deepEqual(second.results, [{ outcome: 'stale' }]);
  const fresh = await store.append([submission('b', [{ key: SIGNER_LIST, n: 1 }])], undefined);
  assert.equal(fresh.results[0]?.outcome, 'appended');
});

test('a retry of what was appended is found even when what it rested on has moved since', async () => {
  await using service = await openServiceUnderTest();
  const { store } = service.context;
  const rests = [{ key: SIGNER_LIST, n: 0 }];
  await store.append([submission('a', rests)], undefined);
  const again = await store.append([submission('a', rests)], undefined);
  assert.equal(again.results[0]?.outcome, 'found');
});

for (const when of ['before', 'after'] as const) {
  test(`a connection that is lost ${when} COMMIT: the retry ${when === 'before' ? 'appends' : 'finds'} the entry, once`, async () => {
    await using service = await openServiceUnderTest();
    await using proxy = await openCuttingProxy(service.database.serviceUrl);
    const replica = await openThrough(service, proxy.url);
    try {
      const before = (await replica.context.store.head()).frontier.size;
      proxy.cutNextCommit(when);
      const { appended, head } = await replica.context.sequencer.sequence(submission('lost'));
      assert.equal(proxy.cuts(), 1);
      assert.deepEqual(appended, { outcome: when === 'before' ? 'appended' : 'found', seq: before });
      assert.equal(head.frontier.size, before + 2);
      assert.equal(await assertWhole(service, join(service.folder, 'proxied')), before + 2);
    } finally {
      await replica.close();
    }
  });
}

test('a backend that is terminated while it waits for the lock loses nothing', async () => {
  await using service = await openServiceUnderTest();
  const blocker = new pg.Client({ connectionString: service.database.ownerUrl });
  await blocker.connect();
  try {
    await blocker.query('BEGIN');
    await blocker.query('SELECT id FROM ledger_lock FOR UPDATE');
    const pending = service.context.sequencer.sequence(submission('terminated'));
    await terminateWaiting(service.database.adminUrl);
    await blocker.query('COMMIT');
    assert.equal((await pending).appended.outcome, 'appended');
    await assertWhole(service);
  } finally {
    await blocker.end();
  }
});

async function terminateWaiting(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const ended = await query(
      url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'waybill serve'`,
    );
    if (ended.length > 0) return;
    await sleep(20);
  }
  assert.fail('no backend waited for the lock');
}

test('a database clock more than 2 s behind the last entry is refused (head/clock-behind), up to 2 s time stands still', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 3);
  const within = await moveLastEntry(service, 1_500);
  const due = {
    identity: submissionIdentity('test', ['due']),
    proposal: {
      kind: 'signer.revoked',
      principal: 'bootstrap-admin',
      body: { signer: '0'.repeat(64), effective: within.time },
    },
    restsOn: [],
    before: within.time,
  };
  const { results } = await within.context.store.append([due], undefined);
  assert.deepEqual(results, [{ outcome: 'stale' }], 'the time at which something ends is no longer before it');
  const { entry } = await attestStage(within.context, service.admin, 'within');
  assert(entry.time >= within.time, 'no entry is older than the one before');
  const beyond = await moveLastEntry(service, 60_000);
  await assertRefused(attestStage(beyond.context, service.admin, 'beyond'), 'head/clock-behind');
});

/**
 * Gives the last entry a time in the future, as if the clock had been set back since, and authenticates the head. Opens a
 * replica whose anchor remembers what now stands: this is about the clock, not about the anchor.
 */
async function moveLastEntry(
  service: ServiceUnderTest,
  milliseconds: number,
): Promise<Replica & { readonly time: string }> {
  const time = new Date(Date.now() + milliseconds).toISOString();
  const superuser = openSuperuser(service.database.adminUrl);
  await withoutGuards(superuser, async (transaction) => {
    const leaves = await readLeaves(transaction);
    const last = leaves.at(-1);
    assert(last !== undefined);
    await rewriteLedger(transaction, leaves.with(-1, { ...last, time }), service.keys.headAuthenticator);
  });
  await superuser.close();
  const { origin, frontier, root } = await service.context.store.head();
  const state = join(service.folder, `moved-by-${milliseconds}`);
  await openAnchorFile(join(state, 'anchor.json')).write({ origin, size: frontier.size, root });
  return { ...(await service.openAnother(state)), time };
}

test('two replicas that append at once make no fork, no gap and no duplicate, and both anchors hold', async () => {
  await using service = await openServiceUnderTest();
  const otherState = join(service.folder, 'other-state');
  // A second replica starts from the anchor of a peer; see the operator's guide.
  const head = await service.context.store.head();
  await openAnchorFile(join(otherState, 'anchor.json')).write({
    origin: head.origin,
    size: head.frontier.size,
    root: head.root,
  });
  const other = await service.openAnother(otherState);
  const replicas = [service.context, other.context];
  const receipts = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      // Every stage is sent to both, so that half of all are retries at another replica.
      attestStage(replicas[index % 2] ?? service.context, service.admin, `stage-${index >> 1}`),
    ),
  );
  const places = receipts.map(({ index }) => index);
  assert.equal(new Set(places).size, 20);
  const size = await assertWhole(service);
  assert.equal(await assertWhole(service, otherState), size);
  const [batches] = await query(service.database.ownerUrl, 'SELECT count(*)::int - 1 AS count FROM head');
  assert.equal(size, head.frontier.size + 20 + Number(batches?.count));
  const links = receipts.flatMap(({ entry }) =>
    entry.keys.filter(({ key }) => key === `image:${IMAGE}`).map(({ n }) => n),
  );
  assert.deepEqual(
    [...new Set(links)].sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
});

/** A replica over the same ledger by another way, with the anchor of its peer. */
async function openThrough(
  service: Pick<ServiceUnderTest, 'database' | 'keys' | 'folder' | 'context'>,
  url: string,
): Promise<Replica> {
  const stateFolder = join(service.folder, 'proxied');
  const head = await service.context.store.head();
  await openAnchorFile(join(stateFolder, 'anchor.json')).write({
    origin: head.origin,
    size: head.frontier.size,
    root: head.root,
  });
  const { setRole } = service.database;
  return openReplica({
    serviceUrl: url,
    ...(setRole === undefined ? {} : { setRole }),
    connections: 4,
    stateFolder,
    keys: service.keys,
  });
}

test('a failure that no retry can mend reaches the caller with its code (database/refused)', async () => {
  await using service = await openServiceUnderTest();
  await query(service.database.ownerUrl, 'ALTER TABLE entry ADD CONSTRAINT full_now CHECK (seq < 6)');
  await assert.rejects(
    service.context.sequencer
      .sequence(submission('refused'))
      .then(() => service.context.sequencer.sequence(submission('refused, too'))),
    (error) => error instanceof ServiceError && error.fault.code === 'database/refused',
  );
});
