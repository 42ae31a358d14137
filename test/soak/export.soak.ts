import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportYear } from '../main/export-year.ts';
import { readSoakRun } from './soak-run.ts';

/** A year of them. */
const ENTRIES = 100_000;
/** By how much the last quarter may exceed the second. */
const GROWTH_MAX = 1.1;
/** Samples, and entries, below which a process has not settled when the second quarter is over: it only has to fit its heap. */
const SAMPLES_MIN = 12;
const ENTRIES_SETTLED = 50_000;

test('a year of 100,000 entries is exported and verified with flat memory, goes on after kill -9, and shows it when one is withheld', async (t) => {
  const seen = await exportYear(t, readSoakRun().bound(ENTRIES));
  t.diagnostic(JSON.stringify(seen));
  for (const name of ['taking', 'serving', 'verifying'] as const) {
    const { second, last, samples } = seen[name];
    if (seen.entries >= ENTRIES_SETTLED && samples >= SAMPLES_MIN)
      assert(last <= second * GROWTH_MAX, `${name} grows from ${second} to ${last} bytes`);
  }
});
