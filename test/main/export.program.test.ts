import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENTRIES_OF_AN_IMAGE } from '../../src/main/bench/grow-ledger.ts';
import { growStand } from '../../src/main/bench/grow-stand.ts';
import { openBench, openStand } from '../../src/main/bench/stand.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'waybill.js');
/** A year of them. */
const ENTRIES = 100_000;
/** By how much the last quarter may exceed the second. */
const GROWTH_MAX = 1.1;

test('a year of 100,000 entries is exported with flat memory, goes on after kill -9, and shows it when one is withheld', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-export-'));
  const { PATH = '' } = process.env;
  const { bench, close } = openBench({ environment: { PATH }, quick: true, share: 1, log: () => undefined });
  t.after(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });
  const stand = await openStand(bench, 'memory');
  const images = { first: 0, count: Math.ceil(ENTRIES / ENTRIES_OF_AN_IMAGE) };
  const { entries } = await growStand(stand, { images, indexes: { first: 0, count: 0 } }, () => undefined);
  assert(entries > ENTRIES);
  const { url, adminToken, logKey, memory } = stand.service;
  const environment = {
    PATH,
    WAYBILL_URL: url,
    WAYBILL_TOKEN: adminToken,
    WAYBILL_LOG_KEY: logKey,
    XDG_STATE_HOME: join(folder, 'state'),
  };
  const run = (...args: readonly string[]) =>
    spawn(process.execPath, [PROGRAM, ...args], {
      env: environment,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const period = ['--from', '0', '--to', String(entries)];

  // Killed where about a third has come, then called again.
  const partial = join(folder, 'killed', 'entries.jsonl.partial');
  const killed = run('export', ...period, '-o', 'killed');
  const third = entries * 300;
  while (sizeOf(partial) < third && killed.exitCode === null) await sleep(2);
  assert.equal(killed.exitCode, null, 'it was still receiving');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  assert(sizeOf(partial) >= third && !existsSync(join(folder, 'killed', 'export.json')));
  assert.equal(await exitOf(run('export', ...period, '-o', 'killed')), 0);

  // The same once more, watched.
  const watched = run('export', ...period, '-o', 'whole', '--json');
  const [client, service] = await Promise.all([watchMemory(watched), watchService(watched, memory)]);
  for (const name of ['entries.jsonl', 'images.csv', 'attestations.json', 'export.json'])
    assert(readFileSync(join(folder, 'whole', name)).equals(readFileSync(join(folder, 'killed', name))), name);
  t.diagnostic(JSON.stringify({ entries, client, service, bytes: sizeOf(join(folder, 'whole', 'entries.jsonl')) }));
  assert(client.last <= client.second * GROWTH_MAX, `the command grows from ${client.second} to ${client.last} bytes`);
  assert(service.last <= service.second * GROWTH_MAX, `the service grows from ${service.second} to ${service.last}`);

  const verify = (place: string) => run('verify', place, '--json');
  const verifying = verify('whole');
  const reader = await watchMemory(verifying);
  assert.equal(verifying.exitCode, 0);
  assert(reader.last <= reader.second * GROWTH_MAX, `verifying grows from ${reader.second} to ${reader.last} bytes`);

  const lines = readFileSync(join(folder, 'whole', 'entries.jsonl'), 'utf8').split('\n');
  for (const kind of ['image.signed', 'attestation.recorded']) {
    const place = lines.findIndex((line, index) => index > entries / 2 && line.includes(`"kind":"${kind}"`));
    writeFileSync(join(folder, 'withheld.jsonl'), lines.toSpliced(place, 1).join('\n'));
    assert.equal(await exitOf(verify('withheld.jsonl')), 12, kind);
  }
});

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  child.stdout?.resume();
  await once(child, 'exit');
  return child.exitCode;
}

type Quarters = { readonly second: number; readonly last: number; readonly samples: number };

/** Resident memory of a program while it runs: the medians of its second and of its last quarter, in bytes. */
async function watchMemory(child: ChildProcess): Promise<Quarters> {
  child.stdout?.resume();
  const samples: number[] = [];
  while (child.exitCode === null && child.signalCode === null) {
    const status = await readStatus(child.pid);
    if (status !== undefined) samples.push(status);
    await sleep(10);
  }
  return quartersOf(samples);
}

async function readStatus(pid: number | undefined): Promise<number | undefined> {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** The same of the service, after a collection each time, while a command runs. */
async function watchService(child: ChildProcess, memory: () => Promise<{ readonly rss: number }>): Promise<Quarters> {
  const samples: number[] = [];
  while (child.exitCode === null && child.signalCode === null) {
    samples.push((await memory()).rss);
    await sleep(100);
  }
  return quartersOf(samples);
}

function quartersOf(samples: readonly number[]): Quarters {
  const quarter = Math.floor(samples.length / 4);
  assert(quarter > 2, `only ${samples.length} samples were taken`);
  return {
    second: median(samples.slice(quarter, 2 * quarter)),
    last: median(samples.slice(3 * quarter)),
    samples: samples.length,
  };
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}
