import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replayHistory } from '../cli/replay-history.ts';
import { readSoakRun } from './soak-run.ts';

const VERDICTS = 10_000;

test('10,000 recorded verdicts of a history that went on meanwhile all agree when they are replayed', async (context) => {
  const run = readSoakRun();
  const wanted = run.bound(VERDICTS);
  const { outcomes, verdicts, changes, milliseconds } = await replayHistory(wanted, run.random);
  assert.equal(outcomes.agree, wanted, JSON.stringify(outcomes));
  const [record, replay] = milliseconds.map((each) => Math.round(each / 1000));
  const found = Object.entries(Object.groupBy([...verdicts.values()], (verdict) => verdict));
  const told = found.map(([verdict, of]) => `${of?.length ?? 0} ${verdict}`).join(', ');
  context.diagnostic(`${told}; ${JSON.stringify(changes)}; recorded in ${record} s, replayed in ${replay} s`);
});
