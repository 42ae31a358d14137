import assert from 'node:assert/strict';
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { serversOn } from '../../src/postgres/embedded/postmaster.ts';

export const isRoot = process.getuid?.() === 0;

/** A new temporary folder that every user may enter, removed after the test. */
export function makeFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'waybill-test-')));
  chmodSync(folder, 0o711);
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What `embedded-service.ts` printed: the server's URLs, or the code of the fault. */
export type ServiceLine = {
  readonly superuserUrl?: string;
  readonly serviceUrl?: string;
  readonly socketFolder?: string;
  readonly code?: string;
};

export type ServiceProcess = { readonly child: ChildProcess; readonly line: ServiceLine };

/** Runs `embedded-service.ts` (that of `checkout`, with `node`) and waits for its line. */
export async function spawnService(
  t: TestContext,
  options: Readonly<Record<string, unknown>>,
  how?: SpawnOptions & { readonly checkout?: string; readonly node?: string },
): Promise<ServiceProcess> {
  const { checkout = join(import.meta.dirname, '..', '..'), node = process.execPath, ...spawnOptions } = how ?? {};
  const program = join(checkout, 'test', 'harness', 'embedded-service.ts');
  const child = spawn(node, [program, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...spawnOptions,
  });
  t.after(() => child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('the service has no output');
  const lines = createInterface({ input: child.stdout });
  const ended = once(lines, 'close').then(() => ['{"code":"no line printed"}']);
  const [text] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  return { child, line: JSON.parse(text) as ServiceLine };
}

/** Ends a service as `kill -9` does, and returns when its process is gone. */
export async function killService(service: ServiceProcess): Promise<void> {
  service.child.kill('SIGKILL');
  await once(service.child, 'exit');
}

/** Asks a service to stop, and returns when it has. */
export async function stopService(service: ServiceProcess): Promise<void> {
  service.child.stdin?.end();
  await once(service.child, 'exit');
}

/** Milliseconds until no server process works on `cluster`; throws after `timeMsMax`. */
export async function waitUntilNoServer(cluster: string, timeMsMax: number): Promise<number> {
  const started = Date.now();
  while (serversOn(cluster).length > 0) {
    if (Date.now() - started > timeMsMax) throw new Error(`a server still runs on ${cluster} after ${timeMsMax} ms`);
    await sleep(20);
  }
  return Date.now() - started;
}

/** Runs one statement at `url` and returns its rows. */
export async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  // What breaks the connection is heard by the statement; nobody else needs to.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Asserts that `promise` is refused with the fault `code`. */
export async function assertRefused(promise: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(promise, (error: { readonly fault?: { readonly code: string } }) => {
    assert.equal(error.fault?.code, code, String(error));
    return true;
  });
}
