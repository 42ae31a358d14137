import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAnchorFile } from '../../src/keys/anchor-file.ts';
import { openReplica } from '../../src/main/open-replica.ts';
import type { StoredEntry } from '../../src/service/ports.ts';
import { attestStage, audit, growLedger } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

const IDLE_MS = 400;

async function newestEntries(service: ServiceUnderTest, from: number): Promise<readonly StoredEntry[]> {
  return service.context.store.entryRange(from, 100);
}

async function sizeOf({ context }: Pick<ServiceUnderTest, 'context'>): Promise<number> {
  return (await context.store.head()).frontier.size;
}

test('an idle log commits to its map once more, once for all replicas, and goes on', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  const other = await service.openAnother();
  const size = await sizeOf(service);
  const replicas = [service.context.sequencer, other.context.sequencer];

  await Promise.all(replicas.map((sequencer) => sequencer.commitIdle(60_000)));
  assert.equal(await sizeOf(service), size, 'a log is not idle within its period');

  await sleep(IDLE_MS);
  await Promise.all([...replicas, ...replicas].map((sequencer) => sequencer.commitIdle(IDLE_MS)));
  const [before, added, ...more] = await newestEntries(service, size - 1);
  assert.deepEqual(more, []);
  assert.equal(added?.entry.kind, 'map.committed');
  assert.deepEqual(added?.entry.body, before?.entry.body);
  assert((added?.entry.time ?? '') > (before?.entry.time ?? ''));
  assert.equal((await service.context.sequencer.checkpoint())?.head.frontier.size, size + 1);
  assert.equal((await openAnchorFile(join(service.folder, 'state', 'anchor.json')).read())?.size, size + 1);

  // Neither replica takes the other's commitment for something else.
  await attestStage(other.context, service.admin, 'after');
  await attestStage(service.context, service.admin, 'and-after');
  const { origin } = service.context.store;
  const result = await audit(service.database.ownerUrl, { origin, authenticator: service.keys.headAuthenticator });
  assert.deepEqual(result.findings, []);
});

test('a replica that nobody asks anything commits by itself', async () => {
  await using service = await openServiceUnderTest();
  const { setRole, serviceUrl } = service.database;
  const replica = await openReplica({
    serviceUrl,
    ...(setRole === undefined ? {} : { setRole }),
    connections: 2,
    stateFolder: join(service.folder, 'state'),
    keys: service.keys,
    idleCommitMs: 100,
  });
  try {
    const size = await sizeOf(service);
    for (let waited = 0; (await sizeOf(service)) < size + 2 && waited < 200; waited += 1) await sleep(20);
    assert((await sizeOf(service)) >= size + 2);
  } finally {
    await replica.close();
  }
});

test('what waits while an idle log is committed is appended right after', async () => {
  await using service = await openServiceUnderTest();
  const idle = service.context.sequencer.commitIdle(0);
  await attestStage(service.context, service.admin, 'meanwhile').catch(assert.fail);
  await idle;
  const { origin } = service.context.store;
  assert.deepEqual((await audit(service.database.ownerUrl, { origin })).findings, []);
});

test('a sealed log is committed by its seal, and never again', async () => {
  await using service = await openServiceUnderTest();
  const { store } = service.context;
  const body = { successor: 'waybill-ff00', logKeys: ['waybill-ff00+01020304+AQ=='] };
  const { head } = await store.append(
    [{ identity: new Uint8Array(32), proposal: { kind: 'log.sealed', principal: 'service', body }, restsOn: [] }],
    undefined,
  );
  assert.equal(await store.commitIdle(0, undefined), undefined);
  assert.equal(await sizeOf(service), head.frontier.size);
  assert.deepEqual((await audit(service.database.ownerUrl, { origin: store.origin })).findings, []);
});
