import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/start-embedded-postgres.ts';
import {
  assertRefused,
  killService,
  makeFolder,
  query,
  spawnService,
  stopService,
  waitUntilNoServer,
} from '../harness/embedded-folder.ts';

test('starts a durable server on a socket only, and finds its data again at the next start', async (t) => {
  const dataFolder = join(makeFolder(t), 'data', 'postgres');
  const first = await startEmbeddedPostgres({ dataFolder });
  const [settings] = await query(
    first.serviceUrl,
    `SELECT current_setting('listen_addresses') AS addresses, current_setting('fsync') AS fsync,
            current_setting('full_page_writes') AS full_page_writes, current_setting('data_checksums') AS checksums,
            current_setting('synchronous_commit') AS synchronous_commit, current_setting('server_encoding') AS encoding`,
  );
  assert.deepEqual(settings, {
    addresses: '',
    fsync: 'on',
    full_page_writes: 'on',
    checksums: 'on',
    synchronous_commit: 'on',
    encoding: 'UTF8',
  });
  await query(first.ownerUrl, 'CREATE TABLE kept AS SELECT 42 AS value');
  await first.stop();
  await waitUntilNoServer(join(dataFolder, 'cluster'), 0);

  const started = performance.now();
  await using second = await startEmbeddedPostgres({ dataFolder, mustExist: true });
  t.diagnostic(`warm start to ready: ${Math.round(performance.now() - started)} ms`);
  assert.deepEqual(await query(second.ownerUrl, 'SELECT value FROM kept'), [{ value: 42 }]);
  assert.equal(second.ownerUrl, first.ownerUrl);
});

test('keeps passwords, data and socket from other users', async (t) => {
  const dataFolder = join(makeFolder(t), 'postgres');
  await using server = await startEmbeddedPostgres({ dataFolder });
  assert.equal(statSync(join(dataFolder, 'credentials.json')).mode & 0o777, 0o600);
  assert.equal(statSync(dataFolder).mode & 0o777, 0o700);
  assert.equal(statSync(server.socketFolder).mode & 0o777, 0o700);
  const guess = new URL(server.superuserUrl);
  guess.password = '0'.repeat(64);
  await assert.rejects(query(guess.href, 'SELECT 1'), { code: '28P01' });
});

test('listens in the temporary folder when the data folder is too deep for a socket, and tidies up', async (t) => {
  const dataFolder = join(makeFolder(t), 'a-folder-with-quite-a-long-name'.repeat(4), 'postgres');
  const stopped = await spawnService(t, { dataFolder });
  assert.equal((await query(stopped.line.serviceUrl ?? '', 'SELECT 1')).length, 1);
  await stopService(stopped);
  const killed = await spawnService(t, { dataFolder });
  assert.equal((await query(killed.line.serviceUrl ?? '', 'SELECT 1')).length, 1);
  await killService(killed);
  await waitUntilNoServer(join(dataFolder, 'cluster'), 5_000);
  for (const { line } of [stopped, killed]) {
    const folder = line.socketFolder ?? '';
    assert.equal(folder.startsWith(dataFolder), false);
    // The supervisor removes it a moment after the server has ended.
    for (let waits = 0; existsSync(folder) && waits < 50; waits += 1) await sleep(20);
    assert.equal(existsSync(folder), false);
  }
});

test('refuses a second start while a live service holds the data folder (database/data-in-use)', async (t) => {
  const dataFolder = join(makeFolder(t), 'postgres');
  await using server = await startEmbeddedPostgres({ dataFolder });
  await assertRefused(startEmbeddedPostgres({ dataFolder }), 'database/data-in-use');
  assert.deepEqual((await spawnService(t, { dataFolder })).line, { code: 'database/data-in-use' });
  assert.equal((await query(server.serviceUrl, 'SELECT 1')).length, 1);
});

test('lets exactly one of four first starts at once have the data folder', async (t) => {
  const dataFolder = join(makeFolder(t), 'data', 'postgres');
  const services = await Promise.all([1, 2, 3, 4].map(() => spawnService(t, { dataFolder })));
  const winners = services.filter(({ line }) => line.serviceUrl !== undefined);
  assert.equal(winners.length, 1, JSON.stringify(services.map(({ line }) => line.code)));
  for (const { line } of services) assert.match(line.code ?? 'database/data-in-use', /^database\/data-in-use$/);
  for (const winner of winners) {
    assert.equal((await query(winner.line.serviceUrl ?? '', 'SELECT 1')).length, 1);
    await stopService(winner);
  }
});

test('makes no new cluster where one must exist (database/data-missing)', async (t) => {
  const folder = makeFolder(t);
  const dataFolder = join(folder, 'data', 'postgres');
  await assertRefused(startEmbeddedPostgres({ dataFolder, mustExist: true }), 'database/data-missing');
  assert.equal(existsSync(join(folder, 'data')), false);
  mkdirSync(dataFolder, { recursive: true });
  await assertRefused(startEmbeddedPostgres({ dataFolder, mustExist: true }), 'database/data-missing');
});

test('refuses a folder that holds something else (database/data-unusable)', async (t) => {
  const dataFolder = makeFolder(t);
  writeFileSync(join(dataFolder, 'letter.txt'), 'mine');
  const before = statSync(dataFolder);
  await assertRefused(startEmbeddedPostgres({ dataFolder }), 'database/data-unusable');
  assert.equal(statSync(dataFolder).uid, before.uid);
  assert.equal(statSync(dataFolder).mode, before.mode);
});

test('refuses a cluster of another major version (database/version-mismatch)', async (t) => {
  const dataFolder = join(makeFolder(t), 'postgres');
  await (await startEmbeddedPostgres({ dataFolder })).stop();
  writeFileSync(join(dataFolder, 'cluster', 'PG_VERSION'), '17\n');
  await assertRefused(startEmbeddedPostgres({ dataFolder }), 'database/version-mismatch');
});

test('says what the server said when it cannot start (database/start-failed)', async (t) => {
  const dataFolder = join(makeFolder(t), 'postgres');
  await (await startEmbeddedPostgres({ dataFolder })).stop();
  rmSync(join(dataFolder, 'cluster', 'global', 'pg_control'));
  await assert.rejects(startEmbeddedPostgres({ dataFolder }), (error: Error & { fault?: { code: string } }) => {
    assert.equal(error.fault?.code, 'database/start-failed');
    assert.match(error.message, /pg_control/);
    return true;
  });
  assert.match(readFileSync(join(dataFolder, 'server.log'), 'utf8'), /pg_control/);
});
