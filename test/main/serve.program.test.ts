import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeServiceFolder, type Served, serve, spawnServe, untilNoServer } from '../harness/served.ts';

const logKey = (served: Served) => /log key\s+(\S+)/.exec(served.said())?.[1];

test('a second start uses the data again, also after kill -9, and no server is left behind', async (t) => {
  const folder = makeServiceFolder(t);
  const first = await serve(folder);
  assert.equal(statSync(join(folder, 'data', 'admin.token')).mode & 0o777, 0o600);
  const token = readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim();
  assert.equal(readFileSync(join(folder, 'data', 'url'), 'utf8').trim(), first.url);
  first.child.kill('SIGKILL');
  await first.exit;
  await untilNoServer(folder);

  const second = await serve(folder);
  assert.equal(logKey(second), logKey(first));
  const whoami = await fetch(`${second.url}/v1/whoami`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(whoami.status, 200);
  second.child.kill('SIGTERM');
  assert.equal(await second.exit, 0, second.said());
  assert.equal(existsSync(join(folder, 'data', 'url')), false);
  await untilNoServer(folder);
});

test('a second service on the same data is refused (database/data-in-use) and leaves the first alone', async (t) => {
  const folder = makeServiceFolder(t);
  const first = await serve(folder);
  const second = spawnServe(folder);
  assert.notEqual(await second.exit, 0);
  assert.match(second.said(), /database\/data-in-use/);
  assert.equal((await fetch(`${first.url}/readyz`)).status, 200);
  assert.equal(readFileSync(join(folder, 'data', 'url'), 'utf8').trim(), first.url);
  first.child.kill('SIGTERM');
  assert.equal(await first.exit, 0);
});

test('keys that went missing under a ledger, and a missing anchor, are refused before anything is signed', async (t) => {
  const folder = makeServiceFolder(t);
  const first = await serve(folder);
  first.child.kill('SIGTERM');
  await first.exit;
  const anchor = join(folder, 'data', 'state', 'anchor.json');
  const kept = readFileSync(anchor);
  unlinkSync(anchor);
  const unanchored = spawnServe(folder);
  assert.equal(await unanchored.exit, 12);
  assert.match(unanchored.said(), /anchor\/missing/);
  writeFileSync(anchor, kept);
  rmSync(join(folder, 'keys'), { recursive: true });
  const keyless = spawnServe(folder);
  assert.equal(await keyless.exit, 2);
});

test('a start names a variable that nothing reads, with the nearest setting, and serves all the same', async (t) => {
  const folder = makeServiceFolder(t);
  const served = await serve(folder, { WAYBILL_RATE_READ: '5', WAYBILL_TOKEN: 'of the command line' });
  const notes = served
    .said()
    .split('\n')
    .filter((line) => line.startsWith('note: WAYBILL_'));
  assert.deepEqual(notes, [
    'note: WAYBILL_RATE_READ is set, and nothing reads it; the nearest setting is WAYBILL_RATE_READS',
  ]);
  served.child.kill('SIGTERM');
  assert.equal(await served.exit, 0);
});
