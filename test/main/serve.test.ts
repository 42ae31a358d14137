import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { serversOn } from '../../src/postgres/embedded/postmaster.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'waybill.js');

type Served = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly said: () => string;
  readonly exit: Promise<number | null>;
};

function spawnServe(folder: string): Omit<Served, 'url'> {
  const { DATABASE_URL: _one, DATABASE_OWNER_URL: _two, ...environment } = process.env;
  const child = spawn(process.execPath, [PROGRAM, 'serve'], {
    cwd: folder,
    env: { ...environment, WAYBILL_PORT: '0', WAYBILL_LOG_LEVEL: 'silent' },
  });
  let said = '';
  child.stdout.on('data', (text) => (said += String(text)));
  child.stderr.on('data', (text) => (said += String(text)));
  const exit = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  return { child, said: () => said, exit };
}

async function serve(folder: string): Promise<Served> {
  const spawned = spawnServe(folder);
  const address = /serves at\s+(http:\/\/\S+)/;
  for (let waited = 0; waited < 60_000; waited += 50) {
    const url = address.exec(spawned.said())?.[1];
    if (url !== undefined) return { ...spawned, url };
    assert.equal(spawned.child.exitCode, null, spawned.said());
    await sleep(50);
  }
  throw new Error(`no start within a minute: ${spawned.said()}`);
}

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-serve-'));
  t.after(() => {
    // As root the data lies elsewhere, behind a link.
    const data = join(folder, 'data', 'postgres');
    if (existsSync(data)) rmSync(realpathSync(data), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

const cluster = (folder: string) => join(folder, 'data', 'postgres', 'cluster');
const logKey = (served: Served) => /log key\s+(\S+)/.exec(served.said())?.[1];

async function untilNoServer(folder: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (serversOn(cluster(folder)).length === 0) return;
    await sleep(50);
  }
  throw new Error('a database server outlived the service');
}

test('a second start uses the data again, also after kill -9, and no server is left behind', async (t) => {
  const folder = makeFolder(t);
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
  const folder = makeFolder(t);
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
  const folder = makeFolder(t);
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
