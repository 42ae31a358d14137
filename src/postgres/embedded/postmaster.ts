import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from '../database-error.ts';

/** What `postmaster.pid` says. `status` is `starting`, `ready`, `stopping` or `standby`. */
export type PidFile = { readonly pid: number; readonly socketFolder: string; readonly status: string };

/** Name of the environment variable by which a server says whom it serves; see `identifyProcess`. */
export const SERVED_BY = 'WAYBILL_SERVED_BY';

/** Names a process beyond doubt: its id may be given out again, its id together with its start time is not. */
export function identifyProcess(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name in parentheses, may hold blanks; the start time is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[19] === undefined ? undefined : `${pid}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

export function readPidFile(cluster: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    return { pid, socketFolder: lines[4] ?? '', status: (lines[7] ?? '').trim() };
  } catch {
    return undefined;
  }
}

/**
 * Makes sure that no server runs on `cluster`. One whose service is alive is left alone; one whose service died is
 * given time to be stopped by its supervisor, then stopped from here. A `postmaster.pid` that nobody stands behind is
 * removed, because Postgres itself trusts the number in it even when another process bears it by now.
 * Faults: database/data-in-use.
 */
export async function clearLeftover(cluster: string, log?: (line: string) => void): Promise<void> {
  const found = readPidFile(cluster);
  if (found === undefined && !existsSync(join(cluster, 'postmaster.pid'))) return;
  const running = serversOn(cluster);
  if (found !== undefined && running.length === 0 && (await answers(found.socketFolder))) {
    // Seen through a shared volume from another container, where process ids mean nothing.
    throw inUse(cluster, 'a server that is not visible from here');
  }
  // Children outlive a postmaster that was killed by a moment: they end by themselves, and are waited for below.
  const headless = found !== undefined && !running.includes(found.pid);
  for (const pid of headless ? [] : running) {
    const service = readServedBy(pid);
    if (service !== undefined && identifyProcess(Number.parseInt(service, 10)) === service) {
      throw inUse(cluster, `process ${Number.parseInt(service, 10)}`);
    }
  }
  if (running.length > 0) {
    log?.('a former service died; waiting for its database server to stop');
    await stopLeftover(cluster, found?.pid);
  }
  // A start that got between: its file is not the one that was read.
  if (found !== undefined && readPidFile(cluster)?.pid !== found.pid) return;
  if (serversOn(cluster).length === 0) rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

/** Says that another service holds the data folder. */
export function inUse(cluster: string, holder: string): DatabaseError {
  return new DatabaseError('database/data-in-use', `the data in ${cluster} is already served for ${holder}`);
}

/** Ids of the processes (postmaster and its children) that have `cluster` as their working directory. */
export function serversOn(cluster: string): readonly number[] {
  const real = realpathSync(cluster);
  const pids: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // Links of other users' processes cannot be read; none of those can run on a cluster of ours.
      if (readlinkSync(`/proc/${name}/cwd`) !== real) continue;
      if (readFileSync(`/proc/${name}/comm`, 'utf8').trim() === 'postgres') pids.push(Number(name));
    } catch {
      // Ended meanwhile, or not ours.
    }
  }
  return pids;
}

function readServedBy(pid: number): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return variables.find((variable) => variable.startsWith(`${SERVED_BY}=`))?.slice(SERVED_BY.length + 1);
  } catch {
    return undefined;
  }
}

async function stopLeftover(cluster: string, postmaster: number | undefined): Promise<void> {
  // Its supervisor has noticed the death too; signals from here are for the case that the supervisor died as well.
  if (await isGoneWithin(cluster, 2_000)) return;
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    for (const pid of serversOn(cluster)) {
      // Without a postmaster its children stop by themselves; SIGQUIT ends those that hang.
      if (pid === postmaster || signal === 'SIGQUIT') kill(pid, signal);
    }
    if (await isGoneWithin(cluster, 10_000)) return;
  }
  throw inUse(cluster, 'a server that does not stop');
}

async function isGoneWithin(cluster: string, timeMs: number): Promise<boolean> {
  for (const end = Date.now() + timeMs; Date.now() < end; await sleep(50)) {
    if (serversOn(cluster).length === 0) return true;
  }
  return false;
}

function kill(pid: number, signal: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

function answers(socketFolder: string): Promise<boolean> {
  if (socketFolder === '') return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(join(socketFolder, '.s.PGSQL.5432'));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
