import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportYear } from '../main/export-year.ts';
import { readSoakRun } from './soak-run.ts';

/** A year of them. */
const ENTRIES = 100_000;
/** By how much the last quarter may exceed the second: of what is held, or of resident memory, see `YearSeen`. */
const GROWTH_MAX = 1.1;
/** Entries below which a process has not settled when the second quarter is over: it only has to fit its heap. */
const ENTRIES_SETTLED = 50_000;
/** Fewer samples say nothing. */
const SAMPLES_MIN = 12;

test('a year of 100,000 entries is exported and verified with flat memory, goes on after kill -9, and shows it when one is withheld', async (t) => {
  const seen = await exportYear(t, readSoakRun().bound(ENTRIES));
  t.diagnostic(JSON.stringify(seen));
  for (const name of ['taking', 'serving', 'verifying'] as const) {
    const { second, last, samples } = seen[name];
    if (seen.entries < ENTRIES_SETTLED) continue;
    assert(samples >= SAMPLES_MIN, `${name} was looked at ${samples} times`);
    assert(last <= second * GROWTH_MAX, `${name} grows from ${second} to ${last} bytes`);
  }
});
