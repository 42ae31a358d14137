import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../config/config.ts';
import { serversOn } from '../../postgres/embedded/postmaster.ts';
import { PACKAGE_FOLDER } from '../demo/verify-offline.ts';
import { answerOf, askCpuUs, type Children, stopChild } from './child-process.ts';
import type { LoadTarget } from './load-job.ts';

/** Memory of the service after a collection, bytes. */
export type ServiceMemory = { readonly rss: number; readonly heapUsed: number; readonly external: number };

/** `waybill serve` as a process of its own, over an embedded Postgres in `folder`. */
export type ServiceProcess = {
  readonly target: LoadTarget;
  readonly url: string;
  readonly logKey: string;
  readonly adminToken: string;
  /** Milliseconds from the start of the process until it said that it is ready. */
  readonly readyMs: number;
  readonly environment: Environment;
  /** Collects garbage first. */
  readonly memory: () => Promise<ServiceMemory>;
  /** Processor time so far, in microseconds, Postgres not included. */
  readonly cpuUs: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

const START_MS_MAX = 120_000;
const SERVER_STOP_MS_MAX = 30_000;
const REMOVE = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 } as const;

/** Settings of a service whose every folder lies in `folder`; `rest` is what it sees besides. */
export function serviceEnvironment(folder: string, rest: Environment): Environment {
  const inherited = Object.entries(rest).filter(([name]) => !/^(?:WAYBILL_|DATABASE_|NODE_)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    WAYBILL_DATA: join(folder, 'data'),
    WAYBILL_KEYS: join(folder, 'keys'),
    WAYBILL_PORT: '0',
  };
}

/**
 * Starts the service as a user would, with its default settings and its log in a file, and returns once `/readyz` answers
 * 200. A service that ends instead fails with the end of its log.
 */
export async function startService(
  children: Children,
  folder: string,
  rest: Environment,
  nodeArguments: readonly string[] = [],
): Promise<ServiceProcess> {
  const environment = serviceEnvironment(folder, rest);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const logFile = join(folder, 'serve.log');
  const log = openSync(logFile, 'a');
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const probe = new URL(`./memory-probe-program.${extension}`, import.meta.url).href;
  const startedAt = performance.now();
  const child = children.add(
    spawn(
      process.execPath,
      [...nodeArguments, '--expose-gc', '--import', probe, join(PACKAGE_FOLDER, 'bin', 'waybill.js'), 'serve'],
      {
        cwd: folder,
        env: environment,
        stdio: ['ignore', log, log, 'ipc'],
      },
    ),
  );
  closeSync(log);
  const url = await untilReady(child, folder, logFile, startedAt);
  const readyMs = performance.now() - startedAt;
  const { hostname, port } = new URL(url);
  const read = (name: string) => readFileSync(join(folder, 'data', name), 'utf8').trim();
  return {
    target: { host: hostname, port: Number(port) },
    url,
    logKey: read('log-key'),
    adminToken: read('admin.token'),
    readyMs,
    environment,
    memory: async () => {
      child.send('memory');
      return (await answerOf(child)) as ServiceMemory;
    },
    cpuUs: () => askCpuUs(child),
    stop: () => stopChild(child),
  };
}

async function untilReady(child: ChildProcess, folder: string, logFile: string, startedAt: number): Promise<string> {
  const urlFile = join(folder, 'data', 'url');
  while (performance.now() - startedAt < START_MS_MAX) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (existsSync(urlFile)) {
      const url = readFileSync(urlFile, 'utf8').trim();
      const ready = await fetch(`${url}/readyz`).catch(() => undefined);
      if (ready?.status === 200) return url;
    }
    await sleep(5);
  }
  throw new Error(`the service did not become ready:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`);
}

/**
 * Removes what a service left in `folder`, its database included, which lies elsewhere where this user is root. Waits for
 * the server of a service that was interrupted: it writes until it has stopped.
 */
export async function removeServiceFolder(folder: string): Promise<void> {
  const database = join(folder, 'data', 'postgres');
  const cluster = join(database, 'cluster');
  const until = performance.now() + SERVER_STOP_MS_MAX;
  while (existsSync(cluster) && serversOn(cluster).length > 0 && performance.now() < until) await sleep(50);
  if (existsSync(database)) rmSync(realpathSync(database), REMOVE);
  rmSync(folder, REMOVE);
}
