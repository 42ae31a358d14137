import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENTRIES_OF_AN_IMAGE } from '../../src/main/bench/grow-ledger.ts';
import { growStand } from '../../src/main/bench/grow-stand.ts';
import { openBench, openStand } from '../../src/main/bench/stand.ts';

const PROBE = join(import.meta.dirname, '..', '..', 'src', 'main', 'bench', 'memory-probe-program.ts');
const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'waybill.js');

/** Heap of the commands, in MiB: it must be enough whatever the length of the period. */
const HEAP_MB = 64;

/**
 * What was seen of memory: bytes held after a collection by the command that takes the export and by the service, and resident
 * bytes of the command that verifies, which answers nobody before it is done.
 */
export type YearSeen = {
  readonly entries: number;
  readonly bytes: number;
  readonly taking: Quarters;
  readonly serving: Quarters;
  readonly verifying: Quarters;
};

/**
 * A service in a process of its own whose log has `count` entries at least, exported by a command that is killed and called
 * again, then by one that is watched; both are the same bytes. Then one entry of each of two kinds is withheld, and refused.
 */
export async function exportYear(t: TestContext, count: number): Promise<YearSeen> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-export-'));
  const { PATH = '' } = process.env;
  const { bench, close } = openBench({ environment: { PATH }, quick: true, share: 1, log: () => undefined });
  t.after(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });
  const stand = await openStand(bench, 'memory');
  const images = { first: 0, count: Math.ceil(count / ENTRIES_OF_AN_IMAGE) };
  const { entries } = await growStand(stand, { images, indexes: { first: 0, count: 0 } }, () => undefined);
  assert(entries >= count);
  const { url, adminToken, logKey, memory } = stand.service;
  const environment = {
    PATH,
    WAYBILL_URL: url,
    WAYBILL_TOKEN: adminToken,
    WAYBILL_LOG_KEY: logKey,
    XDG_STATE_HOME: join(folder, 'state'),
    // Left to itself the engine lets garbage lie while there is room, and memory says nothing of what is held.
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB} --max-semi-space-size=4`,
  };
  const run = (...args: readonly string[]) =>
    spawn(process.execPath, ['--expose-gc', '--import', PROBE, PROGRAM, ...args], {
      env: environment,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
  const period = ['--from', '0', '--to', String(entries)];

  await killInTheMiddle(run('export', ...period, '-o', 'killed'), join(folder, 'killed'), entries);
  assert.equal(await exitOf(run('export', ...period, '-o', 'killed')), 0);

  const watched = run('export', ...period, '-o', 'whole', '--json');
  const [taking, serving] = await Promise.all([
    watch(watched, () => heldBy(watched)),
    watch(watched, async () => sumOf(await memory())),
  ]);
  for (const name of ['entries.jsonl', 'images.csv', 'attestations.json', 'export.json'])
    assert(readFileSync(join(folder, 'whole', name)).equals(readFileSync(join(folder, 'killed', name))), name);

  const reader = run('verify', 'whole', '--json');
  const verifying = await watch(reader, async () => residentOf(reader), 10);
  assert.equal(reader.exitCode, 0);

  const lines = readFileSync(join(folder, 'whole', 'entries.jsonl'), 'utf8').split('\n');
  for (const kind of ['image.signed', 'attestation.recorded']) {
    const place = lines.findIndex((line, index) => index > 100 && line.includes(`"kind":"${kind}"`));
    assert(place > 0);
    writeFileSync(join(folder, 'withheld.jsonl'), lines.toSpliced(place, 1).join('\n'));
    assert.equal(await exitOf(run('verify', 'withheld.jsonl', '--json')), 12, kind);
  }
  return { entries, bytes: sizeOf(join(folder, 'whole', 'entries.jsonl')), taking, serving, verifying };
}

/** Kills it as soon as a third has come, or, where that went too fast to be seen, later. */
async function killInTheMiddle(child: ChildProcess, folder: string, entries: number): Promise<void> {
  const partial = join(folder, 'entries.jsonl.partial');
  const third = entries * 300;
  const isUnderWay = () => sizeOf(partial) >= third || existsSync(join(folder, 'entries.jsonl'));
  while (!isUnderWay() && child.exitCode === null) await sleep(2);
  assert.equal(child.exitCode, null, 'it was still at work');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert(!existsSync(join(folder, 'export.json')), 'it had not finished');
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  child.stdout?.resume();
  await once(child, 'exit');
  return child.exitCode;
}

/** Medians of the second and of the last quarter of a run, in bytes. */
export type Quarters = { readonly second: number; readonly last: number; readonly samples: number };

/** Bytes again and again while a command runs. */
async function watch(child: ChildProcess, bytes: () => Promise<number | undefined>, everyMs = 100): Promise<Quarters> {
  child.stdout?.resume();
  const samples: number[] = [];
  while (child.exitCode === null && child.signalCode === null) {
    const sample = await bytes();
    if (sample !== undefined) samples.push(sample);
    await sleep(everyMs);
  }
  return quartersOf(samples);
}

/**
 * What a command holds after a collection; undefined once it has ended. Resident memory would tell as much of when the engine
 * collected last: where it waits for the network, two runs over the same entries end 20 % apart.
 */
async function heldBy(child: ChildProcess): Promise<number | undefined> {
  if (!child.connected) return undefined;
  child.send('memory', () => undefined);
  const answered = once(child, 'message').then(([held]) => sumOf(held));
  return Promise.race([answered, once(child, 'exit').then(() => undefined)]);
}

function sumOf({ heapUsed, external }: { readonly heapUsed: number; readonly external: number }): number {
  return heapUsed + external;
}

function residentOf({ pid }: ChildProcess): number | undefined {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]) * 1024;
  } catch {
    return undefined;
  }
}

function quartersOf(samples: readonly number[]): Quarters {
  const quarter = Math.floor(samples.length / 4);
  return {
    second: median(samples.slice(quarter, 2 * quarter)),
    last: median(samples.slice(3 * quarter)),
    samples: samples.length,
  };
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}
