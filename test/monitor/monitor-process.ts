import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'waybill.js');

export type Started = {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Ends as `kill -9` does. */
  readonly kill: () => Promise<void>;
  /** Its exit code, once it has ended by itself or been asked to. */
  readonly ended: () => Promise<number | null>;
};

/** Starts `waybill monitor` as a process, with options of Node's own where there are some. */
export function startMonitor(args: readonly string[], token = '', nodeOptions: readonly string[] = []): Started {
  const child = spawn(process.execPath, [...nodeOptions, PROGRAM, 'monitor', ...args], {
    env: { ...process.env, WAYBILL_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => (out += String(text)));
  child.stderr.on('data', (text) => (err += String(text)));
  const gone = async () => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  };
  return {
    child,
    out: () => out,
    err: () => err,
    kill: async () => {
      child.kill('SIGKILL');
      await gone();
    },
    ended: gone,
  };
}

/** Where a monitor that follows serves its metrics, once it does. */
export async function metricsUrl(monitor: Started): Promise<string> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const url = /metrics at (\S+)/.exec(monitor.err())?.[1];
    if (url !== undefined) return url;
    assert.equal(monitor.child.exitCode, null, monitor.err());
    await sleep(50);
  }
  throw new Error(`no metrics within 30 s: ${monitor.err()}`);
}

/** The value of one metric. */
export async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(url)).text();
  const value = new RegExp(`^waybill_monitor_${name} (\\S+)$`, 'm').exec(text)?.[1];
  assert(value !== undefined, name);
  return Number(value);
}
