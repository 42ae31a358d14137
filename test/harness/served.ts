import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { serversOn } from '../../src/postgres/embedded/postmaster.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'waybill.js');

/** A service that runs as a user would start it. */
export type Served = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly said: () => string;
  readonly exit: Promise<number | null>;
};

/** Starts `waybill serve` in a folder, without waiting for it. */
export function spawnServe(folder: string, settings: Readonly<Record<string, string>> = {}): Omit<Served, 'url'> {
  const { DATABASE_URL: _one, DATABASE_OWNER_URL: _two, ...environment } = process.env;
  const child = spawn(process.execPath, [PROGRAM, 'serve'], {
    cwd: folder,
    env: { ...environment, WAYBILL_PORT: '0', WAYBILL_LOG_LEVEL: 'silent', ...settings },
  });
  let said = '';
  child.stdout.on('data', (text) => (said += String(text)));
  child.stderr.on('data', (text) => (said += String(text)));
  const exit = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  return { child, said: () => said, exit };
}

/** Starts `waybill serve` in a folder and gives its address once it serves. */
export async function serve(folder: string, settings: Readonly<Record<string, string>> = {}): Promise<Served> {
  const spawned = spawnServe(folder, settings);
  const address = /serves at\s+(http:\/\/\S+)/;
  for (let waited = 0; waited < 60_000; waited += 50) {
    const url = address.exec(spawned.said())?.[1];
    if (url !== undefined) return { ...spawned, url };
    assert.equal(spawned.child.exitCode, null, spawned.said());
    await sleep(50);
  }
  throw new Error(`no start within a minute: ${spawned.said()}`);
}

/**
 * A folder for a service, removed after the test with all its data. Every user may pass through it, so that the database
 * lies in it for root as well; `test/postgres/embedded-users.program.test.ts` is about the folders that it cannot lie in.
 */
export function makeServiceFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-serve-'));
  for (const place of [folder, join(folder, 'data')]) {
    mkdirSync(place, { recursive: true });
    chmodSync(place, 0o711);
  }
  t.after(() => {
    // For root it may still lie elsewhere, behind a link.
    const data = join(folder, 'data', 'postgres');
    if (existsSync(data)) rmSync(realpathSync(data), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Folder of the embedded cluster below a service's folder. */
export const cluster = (folder: string) => join(folder, 'data', 'postgres', 'cluster');
/** Resolves once no database server runs on the folder's cluster; 10 s at most. */
export async function untilNoServer(folder: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (serversOn(cluster(folder)).length === 0) return;
    await sleep(50);
  }
  throw new Error('a database server outlived the service');
}
