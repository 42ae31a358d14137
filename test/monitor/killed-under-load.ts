import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHttpService } from '../cli/http-service.ts';
import { startLoad } from '../harness/client-load.ts';
import { SIGN_JUDGED, send } from '../harness/traced-requests.ts';
import { metric, metricsUrl, startMonitor } from './monitor-process.ts';
import { keyOf } from './monitor-under-test.ts';

export type KilledRun = {
  readonly kills: number;
  readonly clients: number;
  /** Milliseconds that a monitor lives at least, and at most, after it has begun to serve its metrics. */
  readonly lives: readonly [number, number];
  readonly random: () => number;
};

/** When a monitor has replayed something at the latest, on a busy machine. */
const FIRST_ROUND_MS_MAX = 30_000;

/**
 * A service under load with a monitor that follows from another process, is killed at random and started again; then one
 * that is stopped in order, and one last round. Gives what the last one replayed, and how far behind it ever was when
 * it was killed. Fails at the first alarm.
 */
export async function killMonitors(run: KilledRun) {
  await using service = await openHttpService();
  const endpoint = { url: service.url, token: service.token, logKey: keyOf(service.logKey) };
  await send(endpoint, SIGN_JUDGED);
  const folder = mkdtempSync(join(service.under.folder, 'monitor-'));
  const args = ['--url', service.url, '--log-key', service.logKey, '--state', folder];
  const following = [...args, '--interval', '1', '--metrics-port', '0'];
  const load = startLoad(run.clients, () => [endpoint], run.random);
  const lags: number[] = [];
  const begunAt: number[] = [];
  try {
    for (let kill = 0; kill < run.kills; kill += 1) {
      const monitor = startMonitor(following, service.token);
      try {
        const url = await metricsUrl(monitor);
        begunAt.push(await metric(url, 'replayed_entries'));
        const [low, high] = run.lives;
        await sleep(low + run.random() * (high - low));
        lags.push(await metric(url, 'lag_entries'));
        assert.doesNotMatch(monitor.err(), /ALARM/);
      } finally {
        await monitor.kill();
      }
    }
    const stopped = startMonitor(following, service.token);
    const url = await metricsUrl(stopped);
    for (let waited = 0; (await metric(url, 'replayed_entries')) === 0; waited += 50) {
      assert(waited < FIRST_ROUND_MS_MAX, stopped.err());
      await sleep(50);
    }
    stopped.child.kill('SIGTERM');
    assert.equal(await stopped.ended(), 0, stopped.err());
  } finally {
    await load.finish();
  }
  const last = startMonitor([...args, '--once', '--json'], service.token);
  assert.equal(await last.ended(), 0, last.err() + last.out());
  const round = JSON.parse(last.out()) as {
    readonly replayed: number;
    readonly entries: number;
    readonly alarms: readonly unknown[];
  };
  const { frontier } = await service.under.context.store.head();
  return { round, size: frontier.size, lags, begunAt };
}
