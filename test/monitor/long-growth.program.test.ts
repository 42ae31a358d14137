import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseReplayState } from '../../src/core/entry/replay-state.ts';
import { STEP_ENTRIES_MAX } from '../../src/core/monitor/signed-growth.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { continueLog } from './long-log.ts';
import { serveLog } from './lying-log.ts';
import { metric, metricsUrl, startMonitor } from './monitor-process.ts';
import { growEntries } from './monitor-under-test.ts';

const ENTRIES_MIN = 100_000;
/** Megabytes for which the heap of the monitor has room, half of which the program takes. */
const HEAP_MB = 96;

test('a growth of 100,000 entries is caught up with in steps, in little memory, and a kill loses nothing that was saved', async (t) => {
  const { origin, signer, first } = await readRealLog();
  const leaves = continueLog(origin, first, ENTRIES_MIN);
  assert(leaves.length > STEP_ENTRIES_MAX);
  await using log = await serveLog({ origin, signer, leaves });
  const folder = mkdtempSync(join(tmpdir(), 'waybill-monitor-'));
  const args = ['--url', log.url, '--log-key', signer.vkey, '--state', folder, '--max-age', '86400'];
  const start = (...more: readonly string[]) =>
    startMonitor([...args, ...more], '', [`--max-old-space-size=${HEAP_MB}`]);
  const saved = () => {
    const read = parseReplayState(readFileSync(join(folder, 'replay.state')), origin);
    assert(read.ok);
    return read.value.state.frontier.size;
  };
  try {
    const following = start('--interval', '1', '--metrics-port', '0');
    try {
      const url = await metricsUrl(following);
      // The metric moves while it catches up, and the second saving is one in the middle.
      for (let at = 0; at < 10_000 || saved() < 10_000; at = await metric(url, 'replayed_entries')) {
        assert.equal(following.child.exitCode, null, following.err());
        await sleep(50);
      }
    } finally {
      await following.kill();
    }
    assert.doesNotMatch(following.err(), /ALARM/);
    const before = saved();
    const last = start('--once', '--json');
    assert.equal(await last.ended(), 0, last.err() + last.out());
    const round = JSON.parse(last.out()) as { readonly replayed: number; readonly entries: number };
    t.diagnostic(JSON.stringify({ entries: leaves.length, savedWhenKilled: before }));
    assert.deepEqual([round.replayed, round.entries], [leaves.length, leaves.length - before]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function readRealLog() {
  await using service = await openServiceUnderTest();
  const { logSigner, store } = service.context;
  return { origin: store.origin, signer: logSigner, first: await growEntries(service.context, 10) };
}
