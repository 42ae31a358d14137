import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLogKey, replicaFolders, type SharedLedger } from './served-replica.ts';
import type { Endpoint } from './traced-requests.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'waybill.js');

/** A replica that runs as `waybill serve` in a process of its own. */
export type ReplicaProcess = {
  readonly name: string;
  readonly child: ChildProcess;
  readonly endpoint: Endpoint;
  /** Milliseconds from its start until it said where it serves. */
  readonly readyAfterMs: number;
  /** Ends it as `kill -9` does, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop; resolves with its exit code. */
  stop(): Promise<number | null>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type ReplicaStart = {
  /** Of the database as the service's role; may lead through a proxy. */
  readonly databaseUrl?: string;
  readonly readyMsMax?: number;
  /** The administrator's token, where another replica has written it. */
  readonly token?: string;
  readonly onSpawn?: (pid: number) => void;
  /** Another checkout than this one, and what its process sees besides: locale, time zone, user. */
  readonly checkout?: string;
  readonly environment?: Readonly<Record<string, string>>;
};

/** Thrown when a replica ended, or said nothing for too long, instead of serving. `said` is all that it printed. */
export class ReplicaNotReady extends Error {
  override name = 'ReplicaNotReady';
  readonly said: string;
  /** Whether somebody ended it by `kill -9`. */
  readonly killed: boolean;

  constructor(why: string, said: string, killed: boolean) {
    super(`${why}: ${said}`);
    this.said = said;
    this.killed = killed;
  }
}

/** Starts the replica `name` and resolves when it serves; else throws ReplicaNotReady, with the process gone. */
export async function spawnReplica(
  ledger: SharedLedger,
  name: string,
  how: ReplicaStart = {},
): Promise<ReplicaProcess> {
  const started = performance.now();
  const { child, said } = launch(ledger, name, how.databaseUrl ?? ledger.database.serviceUrl, ['serve'], how);
  if (child.pid !== undefined) how.onSpawn?.(child.pid);
  const served = await untilServing(child, said, how.readyMsMax ?? 60_000);
  const { tokenFile } = replicaFolders(ledger, name);
  const token = how.token ?? (existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : '');
  const gone = async () => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  };
  const kill = async () => {
    child.kill('SIGKILL');
    await gone();
  };
  return {
    name,
    child,
    endpoint: { url: served.url, token, logKey: readLogKey(served.logKey) },
    readyAfterMs: performance.now() - started,
    kill,
    [Symbol.asyncDispose]: kill,
    stop: () => {
      child.kill('SIGTERM');
      return gone();
    },
  };
}

/** Runs a command of `waybill` with the folders and the database of the replica `name`, and waits for its end. */
export async function runBeside(
  ledger: SharedLedger,
  name: string,
  ...args: readonly string[]
): Promise<{ readonly exit: number | null; readonly said: string }> {
  const { child, said } = launch(ledger, name, ledger.database.serviceUrl, args);
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, said: said() };
}

function launch(
  ledger: SharedLedger,
  name: string,
  databaseUrl: string,
  args: readonly string[],
  { checkout, environment }: Pick<ReplicaStart, 'checkout' | 'environment'> = {},
) {
  const { dataFolder, stateFolder } = replicaFolders(ledger, name);
  const program = checkout === undefined ? PROGRAM : join(checkout, 'bin', 'waybill.js');
  const child = spawn(process.execPath, [program, ...args], {
    cwd: ledger.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...environment,
      PATH: process.env.PATH,
      WAYBILL_DATA: dataFolder,
      WAYBILL_STATE: stateFolder,
      WAYBILL_KEYS: join(ledger.folder, 'keys'),
      WAYBILL_KEY_PASSPHRASE_FILE: join(ledger.folder, 'passphrase'),
      WAYBILL_PORT: '0',
      WAYBILL_LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl,
      DATABASE_OWNER_URL: ledger.database.ownerUrl,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (text += String(bytes)));
  return { child, said: () => text };
}

async function untilServing(
  child: ChildProcess,
  said: () => string,
  readyMsMax: number,
): Promise<{ readonly url: string; readonly logKey: string }> {
  const found = () => /serves at\s+(http:\/\/\S+)\s+log key\s+(\S+)/.exec(said());
  const ended = once(child, 'exit').then(() => 'ended' as const);
  const late = AbortSignal.timeout(readyMsMax);
  while (found() === null) {
    const heard = Promise.race([once(child.stdout ?? child, 'data', { signal: late }), ended]);
    const outcome = await heard.catch(() => 'late' as const);
    if (found() !== null) break;
    if (outcome === 'ended' || outcome === 'late') {
      const killed = child.signalCode === 'SIGKILL';
      child.kill('SIGKILL');
      await ended;
      throw new ReplicaNotReady(outcome === 'late' ? `not ready within ${readyMsMax} ms` : 'it ended', said(), killed);
    }
  }
  const [, url, logKey] = found() ?? [];
  assert(url !== undefined && logKey !== undefined);
  return { url, logKey };
}
