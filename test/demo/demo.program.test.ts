import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoResult } from '../../src/main/demo/run-demo.ts';
import { PACKAGE_FOLDER, runOffline } from '../../src/main/demo/verify-offline.ts';
import { makeFolder, waitUntilNoServer } from '../harness/embedded-folder.ts';

const DEMO_MS_MAX = 120_000;

test('the demonstration passes within two minutes: verdicts pass, every tampering is noticed, nothing is left running', async (t) => {
  const folder = join(makeFolder(t), 'demo');
  const { NODE_TEST_CONTEXT: _context, WAYBILL_TEST_POSTGRES: _server, ...env } = process.env;
  const program = join(PACKAGE_FOLDER, 'bin', 'waybill.js');
  const run = spawnSync(process.execPath, [program, 'demo', '--out', folder, '--json'], {
    cwd: folder.slice(0, -'/demo'.length),
    env,
    encoding: 'utf8',
    timeout: DEMO_MS_MAX,
    maxBuffer: 16 * 1024 * 1024,
  });
  assert.equal(run.status, 0, run.stderr + run.stdout);
  const result = JSON.parse(run.stdout) as DemoResult & { readonly seconds: number };
  assert.equal(result.ok, true);
  assert.equal(result.verdict, 'pass');
  assert.deepEqual([...new Set(result.checks.map(({ outcome }) => outcome))], ['pass']);
  assert.equal(result.offline.report, 'pass');
  assert.equal(result.offline.evidence, 'pass');
  assert.match(result.offline.altered, /^refused: entry\/inclusion \(merkle\/root-mismatch\)/);
  const noticed = Object.fromEntries(result.tamperings.map(({ id, noticed }) => [id, noticed.length > 0]));
  assert.equal(noticed.untouched, false);
  for (const id of ['entry-edited', 'entry-deleted', 'entries-swapped', 'tail-cut', 'tail-forged'])
    assert.equal(noticed[id], true, id);
  for (const name of ['custody.html', 'evidence.json', 'sbom.cdx.json', 'lint.sarif', 'junit.xml', 'image-layout'])
    assert(existsSync(join(folder, name)), name);
  assert(!readdirSync(folder).includes('copies'));
  const postgres = join(folder, 'data', 'postgres');
  if (existsSync(postgres)) await waitUntilNoServer(join(realpathSync(postgres), 'cluster'), 1_000);
});

test('where the kernel may not take the network away, every socket of the process is refused', async (t) => {
  const folder = makeFolder(t);
  const where = { folder, home: folder, path: process.env.PATH };
  const refused = { how: 'refused-sockets', words: '' } as const;
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = runOffline(refused, PACKAGE_FOLDER, where, [
    ...['gate', `sha256:${'0'.repeat(64)}`, '--repository', 'shop/api'],
    ...['--url', `http://127.0.0.1:${port}`, '--timeout', '5', '--json'],
  ]);
  assert.equal(asked.status, 4, asked.output);
  assert.match(asked.output, /there is no network in this process/);
  // What the process had sent would be waiting in the server's queue by now.
  await sleep(50);
  assert.equal(connections, 0);
  assert.equal(runOffline(refused, PACKAGE_FOLDER, where, ['--version']).status, 0);
});
