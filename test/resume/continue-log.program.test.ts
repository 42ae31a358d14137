import assert from 'node:assert/strict';
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatBase64 } from '../../src/core/encoding/base64.ts';
import { formatReceipt } from '../../src/core/receipt/receipt.ts';
import { openAnchorFile } from '../../src/keys/anchor-file.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { tampering } from '../../src/tamper/tamperings.ts';
import { createTestDatabase } from '../harness/test-database.ts';
import { attest, bumpTimeline, clusterOf, operate, rememberedBy } from './resume-under-test.ts';

test('a promoted database is refused (head/other-timeline) until resume has continued the log', async (t) => {
  const service = operate(t);
  await service.grow('one', 'two');
  bumpTimeline(clusterOf(service));
  const before = readFileSync(service.anchor);
  assert.equal(await service.refusedStart(), 'head/other-timeline');
  const seen = await service.run('resume');
  assert.deepEqual([seen.exit, seen.state, seen.code], [14, 'intact', 'head/other-timeline']);
  assert.deepEqual(readFileSync(service.anchor), before);
  const continued = await service.run('resume', '--continue');
  assert.deepEqual([continued.exit, continued.value.continued, continued.value.audited], [0, true, 10]);
  const running = await service.serve();
  await attest(service.folder, running.url, 'after');
  assert.equal((await service.run('resume', '--continue')).code, 'resume/service-running');
  await running.stop();
});

test('another cluster is refused (head/other-cluster) until resume has compared it', async (t) => {
  await using database = await createTestDatabase();
  const service = operate(t, database);
  await service.grow('one');
  const file = openAnchorFile(service.anchor);
  const anchor = await file.read();
  assert(anchor?.cluster !== undefined);
  await file.write({ ...anchor, cluster: { ...anchor.cluster, systemIdentifier: '7' } });
  await file.close();
  assert.equal(await service.refusedStart(), 'head/other-cluster');
  const seen = await service.run('resume');
  assert.deepEqual([seen.exit, seen.state, seen.code], [14, 'intact', 'head/other-cluster']);
  assert.equal((await service.run('resume', '--continue')).exit, 0);
  const again = await service.run('resume', '--continue');
  assert.deepEqual([again.exit, again.state, again.value.continued], [0, 'in-order', undefined]);
  assert.deepEqual((await openAnchorFile(service.anchor).read())?.cluster, anchor.cluster);
});

test('a missing anchor is made again from what others saw, or from the size that somebody answers for', async (t) => {
  await using database = await createTestDatabase();
  const service = operate(t, database);
  const [older] = await service.grow('one', 'two');
  assert(older !== undefined);
  const kept = readFileSync(service.anchor);
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(service.folder, name), content);
    return join(service.folder, name);
  };
  const resume = async (...args: readonly string[]) => {
    unlinkSync(service.anchor);
    const { exit, code, state } = await service.run('resume', ...args);
    writeFileSync(service.anchor, kept);
    return [exit, state ?? code];
  };
  assert.deepEqual(await resume(), [14, 'unknown']);
  assert.deepEqual(await resume('--continue'), [14, 'anchor/missing']);
  assert.deepEqual(await resume('--continue', '--accept-size', '8'), [14, 'resume/size-differs']);
  assert.deepEqual(await resume('--continue', '--accept-size', '10'), [0, 'unknown']);
  const witnesses = [
    file('peer.json', kept),
    file('receipt.json', formatReceipt(older)),
    file('checkpoint', older.checkpoint),
  ];
  for (const path of witnesses) assert.deepEqual(await resume('--continue', '--checkpoint', path), [0, 'intact'], path);

  // What is not signed by the log's own key, or is of another log, says nothing of it.
  const forged = file('forged', older.checkpoint.replace('\n8\n', '\n10\n'));
  assert.deepEqual(await resume('--continue', '--checkpoint', forged), [5, 'resume/checkpoint-unusable']);
  assert.deepEqual(await resume('--continue', '--checkpoint', file('noise', 'noise')), [
    5,
    'resume/checkpoint-unusable',
  ]);
  const anchor = await openAnchorFile(service.anchor).read();
  assert(anchor !== undefined);
  const foreign = openAnchorFile(join(service.folder, 'foreign.json'));
  await foreign.write({ ...anchor, origin: 'waybill-0000000000000000' });
  assert.deepEqual(await resume('--continue', '--checkpoint', join(service.folder, 'foreign.json')), [
    5,
    'resume/checkpoint-unusable',
  ]);

  // An anchor that does not read is no missing one, and is kept.
  writeFileSync(service.anchor, 'noise');
  assert.equal(await service.refusedStart(), 'anchor/malformed');
  assert.deepEqual((await service.run('resume')).code, 'anchor/malformed');
  assert.equal((await service.run('resume', '--continue', '--checkpoint', join(service.folder, 'peer.json'))).exit, 0);
  assert.equal(readFileSync(`${service.anchor}.malformed`, 'utf8'), 'noise');
});

test('a checkpoint of somebody who saw more than the head, or another history, forbids to continue', async (t) => {
  await using database = await createTestDatabase();
  const service = operate(t, database);
  const receipts = await service.grow('one', 'two');
  const newest = receipts.at(-1);
  assert(newest !== undefined);
  writeFileSync(join(service.folder, 'newest.json'), formatReceipt(newest));
  const superuser = openSuperuser(database.adminUrl);
  await tampering('tail-cut').apply(superuser);
  await superuser.close();
  // The anchor was set back with the database, or somebody forged one that has seen less: what others saw tells.
  const file = openAnchorFile(service.anchor);
  const anchor = await file.read();
  assert(anchor !== undefined);
  unlinkSync(service.anchor);
  const [first] = receipts;
  assert(first !== undefined);
  await file.write({ ...anchor, ...rememberedBy(first) });
  await file.close();
  assert.deepEqual((await service.run('resume')).state, 'in-order');
  const seen = await service.run('resume', '--checkpoint', join(service.folder, 'newest.json'));
  assert.deepEqual([seen.exit, seen.state, seen.code], [13, 'lost', 'head/behind-anchor']);
  unlinkSync(service.anchor);
  const args = ['--continue', '--checkpoint', join(service.folder, 'newest.json')];
  const refused = await service.run('resume', ...args);
  assert.deepEqual([refused.exit, refused.code], [13, 'head/behind-anchor']);
  const path = join(service.folder, 'other.json');
  const { origin, root } = { origin: newest.entry.log, root: new Uint8Array(32) };
  await openAnchorFile(path).write({ origin, size: 5, root });
  const other = await service.run('resume', '--continue', '--checkpoint', path);
  assert.deepEqual([other.exit, other.code], [13, 'head/not-consistent-with-anchor']);
});

test('a log with an entry that was edited below its anchor is not continued (resume/audit-failed)', async (t) => {
  await using database = await createTestDatabase();
  const service = operate(t, database);
  await service.grow('one', 'two', 'three', 'four');
  const superuser = openSuperuser(database.adminUrl);
  await tampering('payload-edited').apply(superuser);
  await superuser.close();
  unlinkSync(service.anchor);
  const refused = await service.run('resume', '--continue', '--accept-size', '14');
  assert.deepEqual([refused.exit, refused.code], [12, 'resume/audit-failed']);
  assert.equal((await service.run('resume')).state, 'unknown');
  assert.equal((await service.run('resume', '--continue', '--accept-size', '14', '--skip-audit')).exit, 0);
});

test('an anchor of release 0.1 is compared, and its place pinned by the first start that finds it consistent', async (t) => {
  await using database = await createTestDatabase();
  const service = operate(t, database);
  await service.grow('one');
  const anchor = await openAnchorFile(service.anchor).read();
  assert(anchor?.cluster !== undefined);
  const old = (size: number) =>
    JSON.stringify({ type: 'waybill/anchor/v0', origin: anchor.origin, size, root: formatBase64(anchor.root) });
  writeFileSync(service.anchor, old(anchor.size + 1));
  assert.equal(await service.refusedStart(), 'head/behind-anchor');
  assert.equal(readFileSync(service.anchor, 'utf8'), old(anchor.size + 1));
  writeFileSync(service.anchor, old(anchor.size));
  assert.equal(await service.refusedStart(), 'started');
  assert.deepEqual(await openAnchorFile(service.anchor).read(), anchor);
});
