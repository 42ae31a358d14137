import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createEmptyDatabase } from '../harness/test-database.ts';
import { CONTAINER_USER, containerCommand, layOutImage, SOCKET_VARIABLE, whyNoContainer } from './container-run.ts';
import { parseDockerfile } from './dockerfile.ts';
import { repositoryRoot } from './scratch-repository.ts';

const READY_MS_MAX = 30_000;

test('the image serves as its user with a read-only root and a database of its own', {
  skip: whyNoContainer() ?? false,
}, async (t) => {
  await using database = await createEmptyDatabase();
  const stage = parseDockerfile(readFileSync(path.join(repositoryRoot, 'Dockerfile'), 'utf8')).at(-1);
  assert.ok(stage);
  const image = layOutImage(t, stage);
  await t.test('its entrypoint runs as that user, and writes into its volumes and nowhere else', () =>
    runsInside(image),
  );
  writeFileSync(path.join(image, 'passphrase'), 'only for this test\n', { mode: 0o400 });
  chownSync(path.join(image, 'passphrase'), CONTAINER_USER, CONTAINER_USER);
  const port = await findFreePort();
  const environment = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    WAYBILL_HOST: '127.0.0.1',
    WAYBILL_PORT: String(port),
    WAYBILL_KEYS: '/mnt/keys',
    WAYBILL_STATE: '/mnt/state',
    WAYBILL_DATA: '/mnt/data',
    WAYBILL_KEY_PASSPHRASE_FILE: '/mnt/passphrase',
    ...reachableFromInside(database),
  };
  const [program = '', ...args] = containerCommand(image, ['/mnt/app/bin/waybill.js', 'serve']);
  const service = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => service.kill('SIGKILL'));
  const printed = collect(service);

  await waitUntilReady(`http://127.0.0.1:${port}/healthz`, service, printed);
  const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
  assert.match(status, new RegExp(`^Uid:\\s+${CONTAINER_USER}\\s+${CONTAINER_USER}\\s+${CONTAINER_USER}`, 'm'));
  assert.match(status, /^CapEff:\s+0+$/m);
  const healthcheck = spawnSync(process.execPath, [path.join(repositoryRoot, 'docker/healthcheck.js')], {
    env: { WAYBILL_PORT: String(port) },
    encoding: 'utf8',
  });
  assert.equal(healthcheck.status, 0, healthcheck.stderr);

  service.kill('SIGTERM');
  assert.deepEqual(await once(service, 'exit'), [0, null], printed());
});

function runsInside(image: string): void {
  const runInside = (...args: readonly string[]) => {
    const [program = '', ...rest] = containerCommand(image, args);
    // The port that the health check asks: 1 is nobody's, whatever else runs on this machine.
    return spawnSync(program, rest, { encoding: 'utf8', env: { ...process.env, WAYBILL_PORT: '1' } });
  };
  const probe = `
    const { writeFileSync } = require('node:fs');
    const tried = (place) => { try { writeFileSync(place + '/probe', ''); return true; } catch { return false; } };
    console.log(JSON.stringify([process.getuid(), ...['/mnt', '/mnt/app', '/var/lib', '/mnt/keys', '/mnt/state', '/tmp'].map(tried)]));
  `;
  const probed = runInside('-e', probe);
  assert.deepEqual(
    JSON.parse(probed.stdout || '[]'),
    [CONTAINER_USER, false, false, false, true, true, true],
    probed.stderr,
  );
  const { version } = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const printed = runInside('/mnt/app/bin/waybill.js', '--version');
  assert.equal(printed.stdout, `${version}\n`, printed.stderr);
  // Nothing listens there: the health check says so by its exit code instead of hanging or passing.
  assert.equal(runInside('/mnt/app/docker/healthcheck.js').status, 1);
}

/** The connection settings of a database, its socket moved to where the mounts put it. */
function reachableFromInside(database: { readonly ownerUrl: string; readonly serviceUrl: string }) {
  const folder = socketFolder(database.ownerUrl);
  const move = (url: string) => {
    const moved = new URL(url);
    if (folder === undefined) return moved.href;
    moved.hostname = encodeURIComponent('/mnt/postgres');
    moved.searchParams.delete('host');
    return moved.href;
  };
  const urls = { DATABASE_URL: move(database.serviceUrl), DATABASE_OWNER_URL: move(database.ownerUrl) };
  if (folder === undefined) return urls;
  const socket = path.join(folder, '.s.PGSQL.5432');
  // The container's user is none that the server lets in by the mode of the socket; its folder stays closed.
  chmodSync(socket, 0o777);
  return { ...urls, [SOCKET_VARIABLE]: socket };
}

/** Folder of the Unix socket that a connection URL names, in either of the two spellings; undefined for TCP. */
function socketFolder(url: string): string | undefined {
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  return host.startsWith('/') ? host : undefined;
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

async function waitUntilReady(url: string, service: ChildProcess, printed: () => string): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_MS_MAX; waitedMs += 100) {
    assert.equal(service.exitCode, null, printed());
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await delay(100);
  }
  assert.fail(`not ready in ${READY_MS_MAX} ms:\n${printed()}`);
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}
