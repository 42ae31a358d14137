import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../soak/soak-run.ts';
import { killMonitors } from './killed-under-load.ts';

test('a monitor that is killed at random under load goes on where it was, without a false alarm', async (t) => {
  const { round, size, lags, begunAt } = await killMonitors({
    kills: 2,
    clients: 2,
    lives: [300, 1_200],
    random: seededRandom(11),
  });
  t.diagnostic(JSON.stringify({ size, lags, begunAt, lastRound: round.entries }));
  assert.deepEqual([round.replayed, round.alarms], [size, []]);
  // What was stopped in order had saved all that it had replayed.
  assert(round.entries < size, 'nothing is read again from the first entry');
  assert(begunAt.every((from, at) => from >= (begunAt[at - 1] ?? 0)));
});
