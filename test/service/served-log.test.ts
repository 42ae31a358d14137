import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { sql, type Transaction } from 'kysely';
import supertest from 'supertest';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { appendLeaves, EMPTY_FRONTIER, formatFrontier, frontierRoot } from '../../src/core/merkle/frontier.ts';
import { createHttpApp } from '../../src/http/app.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import type { Caller } from '../../src/service/caller.ts';
import { makeReceipt } from '../../src/service/make-receipt.ts';
import { openService } from '../../src/service/open-service.ts';
import { ServiceError } from '../../src/service/ports.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { attestStage, growLedger } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

/** Reads a log by the words of RFC 6962 and C2SP tlog-tiles alone; nothing in it comes from what it judges. */
const sha256 = (...parts: readonly Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafHash = (entry: Uint8Array) => sha256(Uint8Array.of(0), entry);

function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length < 2) return leaves[0] ?? sha256();
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

/** The tiles of a tree by the formula of the specification: path and bytes, for every level that has any. */
function tilesOf(leaves: readonly Uint8Array[]): readonly (readonly [path: string, bytes: Uint8Array])[] {
  const tiles: [string, Uint8Array][] = [];
  for (let level = 0; 256 ** level <= leaves.length; level += 1) {
    const span = 256 ** level;
    const hashes = Array.from({ length: Math.floor(leaves.length / span) }, (_, index) =>
      treeHash(leaves.slice(index * span, (index + 1) * span)),
    );
    for (let index = 0; index * 256 < hashes.length; index += 1) {
      const tile = hashes.slice(index * 256, (index + 1) * 256);
      tiles.push([`/log/tile/${level}/${pathOf(index, tile.length)}`, Buffer.concat(tile)]);
    }
  }
  return tiles;
}

const pathOf = (index: number, width: number) =>
  `${String(index).padStart(3, '0')}${width === 256 ? '' : `.p/${width}`}`;

function readBundle(bytes: Buffer): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + bytes.readUInt16BE(at);
    assert(end <= bytes.length, 'the bundle ends with an entry');
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

function openLog(service: ServiceUnderTest) {
  const client = supertest(createHttpApp(openService(service.context), { publicLog: true }));
  const bytes = async (path: string) => {
    const answer = await client.get(path).responseType('blob');
    assert.equal(answer.status, 200, `${path}: ${answer.status}`);
    return answer.body as Buffer;
  };
  const note = async (path: string) => {
    const key = parseVkey(service.context.logSigner.vkey);
    const text = (await client.get(path)).text;
    const opened = key.ok ? openCheckpoint(text, [key.value]) : key;
    assert(opened.ok, JSON.stringify(opened));
    return { ...opened.value.checkpoint, text };
  };
  const entries = async (size: number) => {
    const bundles: Uint8Array[] = [];
    for (let index = 0; index * 256 < size; index += 1) {
      const width = Math.min(256, size - index * 256);
      const read = readBundle(await bytes(`/log/tile/entries/${pathOf(index, width)}`));
      assert.equal(read.length, width);
      bundles.push(...read);
    }
    return bundles;
  };
  return { client, bytes, note, entries };
}

async function asSuperuser<T>(
  service: ServiceUnderTest,
  use: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  const superuser = openSuperuser(service.database.adminUrl);
  try {
    return await withoutGuards(superuser, use);
  } finally {
    await superuser.close();
  }
}

/** Entries in a few batches: enough for one full tile, which gives level 1 its first hash. */
async function grow(service: ServiceUnderTest, stages: number, prefix: string): Promise<void> {
  const names = Array.from({ length: stages }, (_, index) => `${prefix}-${index}`);
  await Promise.all(names.map((name) => attestStage(service.context, service.admin, name)));
}

test('a reader who knows only the specification finds entries, tiles of every level and the root in agreement', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  await grow(service, 280, 'many');
  const log = openLog(service);
  const { size, root, origin } = await log.note('/log/checkpoint');
  assert.equal(origin, service.context.store.origin);
  assert(size > 256 && size % 256 !== 0, String(size));
  const leaves = (await log.entries(size)).map(leafHash);
  assert.deepEqual(Buffer.from(treeHash(leaves)), Buffer.from(root));
  const tiles = tilesOf(leaves);
  assert(tiles.some(([path]) => path === '/log/tile/0/000') && tiles.some(([path]) => path === '/log/tile/1/000.p/1'));
  for (const [path, expected] of tiles) assert.deepEqual(await log.bytes(path), Buffer.from(expected), path);

  // Partial tiles of every published size, derived although the full tile is there by now.
  const listed = await log.client.get('/log/checkpoints?limit=200');
  const sizes = (listed.body.items as readonly { readonly size: number }[]).map((item) => item.size);
  assert(sizes.length > 4 && sizes[0] === size);
  for (const past of sizes) {
    for (const [path, expected] of tilesOf(leaves.slice(0, past)))
      assert.deepEqual(await log.bytes(path), Buffer.from(expected), `${path} of ${past}`);
    const last = Math.floor((past - 1) / 256);
    const width = past - last * 256;
    const bundle = readBundle(await log.bytes(`/log/tile/entries/${pathOf(last, width)}`));
    assert.deepEqual(bundle.map(leafHash), leaves.slice(last * 256, past));
  }

  // What no tree of this size has: wider, beyond, empty, on a level of its own.
  const rest = size % 256;
  for (const path of [
    `0/001.p/${rest + 1}`,
    '0/001',
    '0/002',
    '0/002.p/1',
    '1/000',
    '1/000.p/2',
    '1/001.p/1',
    '2/000.p/1',
  ])
    for (const area of path.startsWith('0/') ? [path, `entries${path.slice(1)}`] : [path]) {
      const { status, body } = await log.client.get(`/log/tile/${area}`);
      assert.deepEqual([status, body.code], [404, 'service/not-found'], area);
    }
  for (const path of [
    '0/0',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/01',
    '00/000',
    '0/x000/000',
    '64/000',
    'entries/0',
    '0/000/',
  ])
    assert.equal((await log.client.get(`/log/tile/${path}`)).body.code, 'merkle/malformed-tile-path', path);
});

test('every committed batch has its checkpoint in the list, the same bytes for each replica, and nothing else has', async () => {
  await using service = await openServiceUnderTest();
  const receipts = await growLedger(service, 4);
  await grow(service, 12, 'together');
  const log = openLog(service);
  const replica = openLog({ ...service, context: (await service.openAnother()).context });
  const newest = await log.note('/log/checkpoint');
  const leaves = (await log.entries(newest.size)).map(leafHash);
  const seen: { readonly size: number; readonly root: string; readonly checkpoint: string }[] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const page = await log.client.get(`/log/checkpoints?limit=2${next === '' ? '' : `&cursor=${next}`}`);
    assert.equal(page.status, 200);
    assert(page.body.items.length <= 2);
    seen.push(...page.body.items);
    next = page.body.next;
  }
  const { rows } = await asSuperuser(service, (database) =>
    sql<{ size: string }>`SELECT size FROM head ORDER BY size DESC`.execute(database),
  );
  assert.deepEqual(
    seen.map(({ size }) => String(size)),
    rows.map(({ size }) => size),
  );
  assert(seen.length < newest.size, 'batches of several entries have one checkpoint');
  for (const { size, root, checkpoint } of seen) {
    const path = `/log/checkpoints/${size}`;
    const single = await log.note(path);
    assert.deepEqual([single.size, single.text], [size, checkpoint]);
    assert.equal((await replica.note(path)).text, checkpoint);
    assert.equal(Buffer.from(treeHash(leaves.slice(0, size))).toString('base64'), root);
    assert.deepEqual(Buffer.from(single.root).toString('base64'), root);
  }
  const handedOut = receipts.map(({ checkpoint }) => checkpoint);
  assert(handedOut.every((text) => seen.some(({ checkpoint }) => checkpoint === text)));
  const unpublished = Array.from({ length: newest.size + 2 }, (_, size) => size + 1).filter(
    (size) => !seen.some((each) => each.size === size),
  );
  assert(unpublished.length > 2);
  for (const size of unpublished)
    assert.equal((await log.client.get(`/log/checkpoints/${size}`)).body.code, 'service/not-found', String(size));
  const before = await log.client.get(`/log/checkpoints?before=${seen[1]?.size}&limit=1`);
  assert.deepEqual(before.body.items, [seen[2]]);
});

test('a head of another history is not signed, although it carries the MAC of this service (head/not-ours)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  await grow(service, 3, 'together');
  const log = openLog(service);
  const { size } = await log.note('/log/checkpoint');
  const { items } = (await log.client.get('/log/checkpoints')).body;
  const isPublished = (n: number) => items.some((item: { readonly size: number }) => item.size === n);
  const lost = Array.from({ length: size }, (_, n) => n + 2).find((n) => !isPublished(n) && !isPublished(n - 1));
  assert(lost !== undefined, 'some size lies within a batch');
  // As a batch that did not outlive a failover leaves it behind: another last entry after the same ones.
  const leaves = [...(await log.entries(size)).slice(0, lost - 1).map(leafHash), leafHash(Uint8Array.of(1))];
  const frontier = appendLeaves(EMPTY_FRONTIER, leaves);
  const root = frontierRoot(frontier);
  const mapRoot = new Uint8Array(32);
  const mac = service.keys.headAuthenticator.mac(service.context.store.origin, frontier, root, mapRoot);
  await asSuperuser(service, (database) =>
    sql`INSERT INTO head (size, root, frontier, map_root, mac)
      VALUES (${String(lost)}::bigint, ${root}, ${Buffer.from(formatFrontier(frontier))}, ${mapRoot}, ${mac})`.execute(
      database,
    ),
  );
  for (const path of [`/log/checkpoints/${lost}`, '/log/checkpoints']) {
    const { status, body } = await log.client.get(path);
    assert.deepEqual([status, body.code], [503, 'head/not-ours'], path);
  }
  assert.equal((await log.client.get(`/log/checkpoints/${size}`)).status, 200, 'the others are there');
  const receipt = await service.context.store.headCovering(lost - 2);
  assert.equal(receipt?.frontier.size, lost, 'it is the smallest head over the entry before');
  await assert.rejects(
    makeReceipt(service.context, lost - 2),
    (error) => error instanceof ServiceError && error.fault.code === 'head/not-ours',
  );
});

test('the whole ledger is for those whose scope is everything (auth/repository-out-of-scope)', async () => {
  await using service = await openServiceUnderTest();
  const api = openService(service.context);
  for (const role of ['auditor', 'operator'] as const) {
    const whole = { ...service.admin, role };
    const scoped = { ...whole, repositories: ['shop/*'] };
    const read = (caller: Caller) =>
      Promise.all([
        api.readEntryBundle(caller, 'tile/entries/000.p/2'),
        api.listEntries(caller, { limit: 2 }),
        api.provePeriod(caller, { by: 'seq', from: 0, to: 2 }),
      ]);
    for (const answer of await read(scoped))
      assert.equal(answer.ok ? 'ok' : answer.fault.code, 'auth/repository-out-of-scope', role);
    for (const answer of await read(whole)) assert(answer.ok, role);
  }
});

test('a full bundle whose entries are not those of the tree is given to nobody (head/not-ours)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  await grow(service, 256, 'many');
  await asSuperuser(service, async (transaction) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(transaction);
    await sql`UPDATE entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'many-', 'mane-'), 'UTF8')
      WHERE seq = 100`.execute(transaction);
  });
  const log = openLog(service);
  const { status, body } = await log.client.get('/log/tile/entries/000');
  assert.deepEqual([status, body.code], [503, 'head/not-ours']);
});
