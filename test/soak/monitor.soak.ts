import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killMonitors } from '../monitor/killed-under-load.ts';
import { readSoakRun } from './soak-run.ts';

const KILLS = 200;

test('a monitor is killed at random under the load of 16 clients: no false alarm, and what it has seen is never lost', async (t) => {
  const run = readSoakRun();
  const kills = run.bound(KILLS);
  const { round, size, lags, begunAt } = await killMonitors({
    kills,
    clients: 16,
    lives: [50, 4_000],
    random: run.random,
  });
  t.diagnostic(
    JSON.stringify({ seed: run.seed, kills, entries: size, lagMax: Math.max(...lags), lastRound: round.entries }),
  );
  assert.deepEqual([round.replayed, round.alarms], [size, []]);
  assert(begunAt.every((from, at) => from >= (begunAt[at - 1] ?? 0)));
});
