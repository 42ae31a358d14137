import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPidFile, serversOn } from '../../src/postgres/embedded/postmaster.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/start-embedded-postgres.ts';
import { killService, makeFolder, query, spawnService, waitUntilNoServer } from '../harness/embedded-folder.ts';

test('leaves no server process behind after kill -9 of the service, and starts again', async (t) => {
  const dataFolder = join(makeFolder(t), 'postgres');
  const service = await spawnService(t, { dataFolder });
  await query(service.line.superuserUrl ?? '', 'CREATE TABLE kept AS SELECT 7 AS value');
  await killService(service);
  const goneAfterMs = await waitUntilNoServer(join(dataFolder, 'cluster'), 5_000);
  t.diagnostic(`server gone ${goneAfterMs} ms after the kill`);
  for (let waitedMs = 0; findSupervisors(dataFolder).length > 0 && waitedMs < 5_000; waitedMs += 20) await sleep(20);
  assert.deepEqual(findSupervisors(dataFolder), []);

  await using server = await startEmbeddedPostgres({ dataFolder, mustExist: true });
  assert.deepEqual(await query(server.superuserUrl, 'SELECT value FROM kept'), [{ value: 7 }]);
});

test('starts at once after kill -9, waiting for the former server rather than failing', async (t) => {
  const dataFolder = join(makeFolder(t), 'postgres');
  for (let round = 0; round < 3; round += 1) {
    const service = await spawnService(t, { dataFolder });
    assert.equal(service.line.code, undefined);
    await killService(service);
  }
  await using server = await startEmbeddedPostgres({ dataFolder });
  assert.equal((await query(server.serviceUrl, 'SELECT 1')).length, 1);
});

test('stops a server whose service and supervisor were both killed', async (t) => {
  const dataFolder = join(makeFolder(t), 'postgres');
  const service = await spawnService(t, { dataFolder });
  const supervisors = findSupervisors(dataFolder);
  assert.equal(supervisors.length, 2);
  // Held still first: on the end of one the service closes its pipe, and the other would stop the server before it is killed.
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) for (const pid of supervisors) process.kill(pid, signal);
  await killService(service);
  const orphan = readPidFile(join(dataFolder, 'cluster'))?.pid;
  assert.equal(serversOn(join(dataFolder, 'cluster')).includes(orphan ?? 0), true);

  await using server = await startEmbeddedPostgres({ dataFolder });
  assert.notEqual(readPidFile(join(dataFolder, 'cluster'))?.pid, orphan);
  assert.equal((await query(server.serviceUrl, 'SELECT 1')).length, 1);
});

test('stops the server even when its first supervising shell was killed before the service', async (t) => {
  const dataFolder = join(makeFolder(t), 'postgres');
  const service = await spawnService(t, { dataFolder });
  process.kill(Math.min(...findSupervisors(dataFolder)), 'SIGKILL');
  await killService(service);
  await waitUntilNoServer(join(dataFolder, 'cluster'), 5_000);
});

test('starts again after the server itself was killed and left its lock file', async (t) => {
  const dataFolder = join(makeFolder(t), 'postgres');
  const first = await startEmbeddedPostgres({ dataFolder });
  const postmaster = readPidFile(join(dataFolder, 'cluster'))?.pid ?? 0;
  process.kill(postmaster, 'SIGKILL');
  await first.exited;
  assert.equal(readPidFile(join(dataFolder, 'cluster'))?.pid, postmaster);

  await using second = await startEmbeddedPostgres({ dataFolder });
  assert.equal((await query(second.serviceUrl, 'SELECT 1')).length, 1);
});

/** Ids of the shells that supervise the server of `dataFolder`. */
function findSupervisors(dataFolder: string): readonly number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (words.includes('waybill-postgres') && words.includes(join(dataFolder, 'cluster'))) found.push(Number(name));
    } catch {
      // Ended meanwhile.
    }
  }
  return found;
}
