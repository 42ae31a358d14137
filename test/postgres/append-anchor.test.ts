import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAnchorFile } from '../../src/keys/anchor-file.ts';
import { openReplica, type Replica } from '../../src/main/open-replica.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { tampering } from '../../src/tamper/tamperings.ts';
import { assertRefused, query } from '../harness/embedded-folder.ts';
import { attestStage, growLedger } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

test('a database that was set back is never appended to or signed, running or started again (head/behind-anchor)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 5);
  const superuser = openSuperuser(service.database.adminUrl);
  for (let cut = 0; cut < 3; cut += 1) await tampering('tail-cut').apply(superuser);
  await superuser.close();
  const count = async () =>
    (await query(service.database.ownerUrl, 'SELECT count(*)::int AS count FROM entry'))[0]?.count;
  const before = await count();
  // More often than entries were lost: growing back to the old size would hide the loss.
  for (let attempt = 0; attempt < 5; attempt += 1)
    await assertRefused(attestStage(service.context, service.admin, `again-${attempt}`), 'head/behind-anchor');
  await assertRefused(service.context.sequencer.checkpoint(), 'head/behind-anchor');
  await assertRefused(service.openAnother(), 'head/behind-anchor');
  assert.equal(await count(), before);
});

test('a replica that has only read refuses a database that was set back, from its first append on (head/behind-anchor)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 3);
  const idle = await service.openAnother();
  const superuser = openSuperuser(service.database.adminUrl);
  await tampering('tail-cut').apply(superuser);
  await superuser.close();
  await assertRefused(attestStage(idle.context, service.admin, 'again'), 'head/behind-anchor');
});

test('a database that was set back and grown again by another replica is not signed over (head/not-consistent-with-anchor)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 5);
  const superuser = openSuperuser(service.database.adminUrl);
  for (let cut = 0; cut < 2; cut += 1) await tampering('tail-cut').apply(superuser);
  await superuser.close();
  // One whose anchor was set back with the database, as when a whole machine is restored from a backup.
  const restored = join(service.folder, 'restored-state');
  const head = await service.context.store.head();
  await openAnchorFile(join(restored, 'anchor.json')).write({
    origin: head.origin,
    size: head.frontier.size,
    root: head.root,
  });
  const unaware = await service.openAnother(restored);
  for (let stage = 0; stage < 4; stage += 1)
    await attestStage(unaware.context, service.admin, `second-history-${stage}`);
  await assertRefused(attestStage(service.context, service.admin, 'mine'), 'head/not-consistent-with-anchor');
  await assertRefused(service.context.sequencer.checkpoint(), 'head/not-consistent-with-anchor');
  await assertRefused(service.openAnother(), 'head/not-consistent-with-anchor');
});

test('a log that is not empty is not served without an anchor (anchor/missing), nor under that of another log (anchor/wrong-origin)', async () => {
  await using service = await openServiceUnderTest();
  await assertRefused(service.openAnother(join(service.folder, 'empty')), 'anchor/missing');
  const foreign = join(service.folder, 'foreign');
  await openAnchorFile(join(foreign, 'anchor.json')).write({
    origin: 'waybill-0000000000000000',
    size: 1,
    root: new Uint8Array(32),
  });
  await assertRefused(service.openAnother(foreign), 'anchor/wrong-origin');
});

test('keys of another service do not open the ledger (head/not-ours)', async () => {
  await using service = await openServiceUnderTest();
  await using stranger = await openServiceUnderTest();
  await assertRefused(openThrough({ ...service, keys: stranger.keys }, service.database.serviceUrl), 'head/not-ours');
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
