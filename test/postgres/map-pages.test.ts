import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatMapValue, mapKey } from '../../src/core/map/map-key.ts';
import { verifyMapClaim } from '../../src/core/map/map-proof.ts';
import { openReplica, type Replica } from '../../src/main/open-replica.ts';
import { runOn } from '../../src/postgres/ledger-transaction.ts';
import { readPages, writePages } from '../../src/postgres/map-pages.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { MAP_TAMPERINGS } from '../../src/tamper/map-tamperings.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import type { Tampering } from '../../src/tamper/tamperings.ts';
import { openCuttingProxy } from '../harness/cutting-proxy.ts';
import { assertRefused, query } from '../harness/embedded-folder.ts';
import { attestStage, audit, growLedger, IMAGE } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

const IMAGE_LIST = `image:${IMAGE}`;
const NO_LIST = `image:sha256:${'0'.repeat(64)}`;

async function findings(service: ServiceUnderTest): Promise<readonly unknown[]> {
  const { origin } = service.context.store;
  const result = await audit(service.database.ownerUrl, { origin, authenticator: service.keys.headAuthenticator });
  return result.findings;
}

async function tamper(service: ServiceUnderTest, { apply }: Tampering): Promise<void> {
  const superuser = openSuperuser(service.database.adminUrl);
  try {
    await apply(superuser);
  } finally {
    await superuser.close();
  }
}

/** Presence and absence under the newest head of this replica, verified as a reader would; the list's length. */
async function provenLength({ context }: Pick<Replica, 'context'>): Promise<number | undefined> {
  const { head, lists } = await context.store.mapProofs([IMAGE_LIST, NO_LIST]);
  for (const [name, { value, proof }] of lists) {
    const claim = {
      root: head.mapRoot,
      key: mapKey(name),
      value: value === undefined ? undefined : formatMapValue(value),
    };
    assert(verifyMapClaim({ ...claim, proof }).ok, name);
  }
  assert.equal(lists.get(NO_LIST)?.value, undefined);
  return lists.get(IMAGE_LIST)?.value?.n;
}

test('replicas that append in turns keep one map, and each proves what the other appended', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  const other = await service.openAnother();
  for (let turn = 0; turn < 6; turn += 1) {
    const writer = turn % 2 === 0 ? service : other;
    await attestStage(writer.context, service.admin, `turn-${turn}`);
    assert.equal(await provenLength(service), 3 + turn);
    if (turn % 3 === 0) assert.equal(await provenLength(other), 3 + turn);
  }
  assert.deepEqual(await findings(service), []);
});

test('a replica whose deltas are gone reads all buckets again', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  const other = await service.openAnother();
  const third = await service.openAnother();
  await attestStage(service.context, service.admin, 'unseen');
  await query(service.database.serviceUrl, 'DELETE FROM map_delta');
  assert.equal(await provenLength(third), 3);
  await attestStage(other.context, service.admin, 'appended');
  assert.equal(await provenLength(other), 4);
  assert.deepEqual(await findings(service), []);
});

test('a batch that was committed and never heard of is in the map of the one who sent it, too', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  await using proxy = await openCuttingProxy(service.database.serviceUrl);
  const { setRole } = service.database;
  const replica = await openReplica({
    serviceUrl: proxy.url,
    ...(setRole === undefined ? {} : { setRole }),
    connections: 4,
    stateFolder: join(service.folder, 'state'),
    keys: service.keys,
  });
  try {
    assert.equal(await provenLength(replica), 2);
    proxy.cutNextCommit('after');
    await attestStage(replica.context, service.admin, 'unheard');
    assert.equal(proxy.cuts(), 1);
    assert.equal(await provenLength(replica), 3);
    await attestStage(replica.context, service.admin, 'next');
    assert.equal(await provenLength(replica), 4);
    assert.deepEqual(await findings(service), []);
  } finally {
    await replica.close();
  }
});

test('a stale page is refused by a start and by who is behind, and nothing is written (map/page-differs)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  const behind = await service.openAnother();
  await attestStage(service.context, service.admin, 'news');
  await tamper(service, MAP_TAMPERINGS[0]);
  await query(service.database.serviceUrl, 'DELETE FROM map_delta');
  const { size } = await sizes(service);
  await assertRefused(service.openAnother(), 'map/page-differs');
  await assertRefused(behind.context.store.mapProofs([IMAGE_LIST]), 'map/page-differs');
  await assertRefused(attestStage(behind.context, service.admin, 'behind'), 'map/page-differs');
  assert.deepEqual(await sizes(service), { size, entries: size });
  // Who has followed all along has the right hashes, and writes the right page.
  await attestStage(service.context, service.admin, 'more-news');
  assert.deepEqual(await findings(service), []);
});

test('a page that is not what its hash says is refused by who must read it, and nothing is written (map/page-differs)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  await tamper(service, MAP_TAMPERINGS[1]);
  const fresh = await service.openAnother();
  const { size } = await sizes(service);
  await assertRefused(fresh.context.store.mapProofs([IMAGE_LIST]), 'map/page-differs');
  await assertRefused(attestStage(fresh.context, service.admin, 'refused'), 'map/page-differs');
  assert.deepEqual(await sizes(service), { size, entries: size });
  // A list of another page goes on.
  await revoke(fresh, 1);
  assert((await sizes(service)).size > size);
});

test('a list that was cut off before the process began is neither linked to nor rested on (database/projection-differs)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  await query(service.database.adminUrl, `DELETE FROM list_entry WHERE key = '${IMAGE_LIST}' AND n = 3`);
  const fresh = await service.openAnother();
  await assertRefused(attestStage(fresh.context, service.admin, 'after-the-cut'), 'database/projection-differs');
  const resting = { key: IMAGE_LIST, n: 2 };
  const [result] = (await fresh.context.store.append([revocation(2, [resting])], undefined)).results;
  assert(result?.outcome === 'refused' && result.fault.code === 'database/projection-differs');
  await revoke(fresh, 3);
});

test('a page of more than 2 kB is kept beside its table, and read back as it was', async () => {
  await using service = await openServiceUnderTest();
  const pool = openPool(service.database.ownerUrl, { max: 1, applicationName: 'test' });
  try {
    const run = runOn(pool);
    const bodies = [2_400, 8_000, 80].map((length) => Uint8Array.from({ length }, (_, at) => (at * 7) % 251));
    const pages = bodies.map((body, at) => ({ bucket: 65_533 + at, hash: new Uint8Array(32).fill(at), body }));
    await writePages(run, pages, 100, 200);
    await writePages(run, pages, 200, 300);
    const read = await readPages(run, [65_533, 65_534, 65_535]);
    for (const { bucket, body, hash } of pages) {
      assert.deepEqual(new Uint8Array(read.get(bucket)?.body ?? []), body);
      assert.deepEqual(new Uint8Array(read.get(bucket)?.hash ?? []), hash);
    }
  } finally {
    await pool.end();
  }
  const [beside] = await query(
    service.database.adminUrl,
    `SELECT pg_relation_size(reltoastrelid) AS bytes FROM pg_class WHERE relname = 'map_page'`,
  );
  assert(Number(beside?.bytes) > 0);
});

test('deltas are removed when replicas are far past them', async () => {
  await using service = await openServiceUnderTest();
  const pool = openPool(service.database.ownerUrl, { max: 1, applicationName: 'test' });
  try {
    const run = runOn(pool);
    const page = { bucket: 1, hash: new Uint8Array(32), body: new Uint8Array(80) };
    await writePages(run, [page], 8_000, 8_001);
    await writePages(run, [page], 8_001, 8_192);
    await writePages(run, [page], 77_823, 77_824);
    const rows = await query(
      service.database.ownerUrl,
      'SELECT size::int FROM map_delta WHERE size > 100 ORDER BY map_delta.size',
    );
    assert.deepEqual(
      rows.map(({ size }) => size),
      [77_824],
    );
  } finally {
    await pool.end();
  }
});

function revocation(number: number, restsOn: readonly { readonly key: string; readonly n: number }[] = []) {
  const body = { signer: String(number).repeat(64), effective: '2026-01-01T00:00:00.000Z' };
  const proposal = { kind: 'signer.revoked', principal: 'bootstrap-admin', body };
  return { identity: submissionIdentity('test', [String(number)]), proposal, restsOn };
}

async function revoke({ context }: Replica, number: number): Promise<void> {
  const { appended } = await context.sequencer.sequence(revocation(number));
  assert.equal(appended.outcome, 'appended');
}

async function sizes({ database }: ServiceUnderTest): Promise<{ readonly size: number; readonly entries: number }> {
  const [row] = await query(
    database.ownerUrl,
    'SELECT (SELECT max(size)::int FROM head) AS size, (SELECT count(*)::int FROM entry) AS entries',
  );
  return { size: Number(row?.size), entries: Number(row?.entries) };
}

test('places and changes that no schema of ours lets in are refused, and break nothing of ours (map/page-differs)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  const { adminUrl } = service.database;
  await query(adminUrl, `UPDATE list_entry SET seq = -5 WHERE key = '${IMAGE_LIST}' AND n = 2`);
  await assertRefused(service.context.store.lists([IMAGE_LIST], 100), 'database/projection-differs');
  await query(adminUrl, 'ALTER TABLE map_page DROP CONSTRAINT map_page_hash_check');
  await query(adminUrl, `UPDATE map_page SET hash = hash || '\\x00'::bytea`);
  await assertRefused(service.openAnother(), 'map/page-differs');
});
