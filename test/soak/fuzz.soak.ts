import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzParser } from '../hostile/fuzz-parser.ts';
import { PARSERS } from '../hostile/parser-registry.ts';
import { readSoakRun } from './soak-run.ts';

/** Inputs for each parser in the whole form. */
const INPUTS = 1_000_000;

const run = readSoakRun();
const count = run.bound(INPUTS);

for (const parser of PARSERS) {
  test(`${parser.name}: ${count} inputs, none of which throws, stalls, or is read in two ways`, (context) => {
    const started = performance.now();
    const { read, refused } = fuzzParser(parser, count, run.random);
    const seconds = (performance.now() - started) / 1_000;
    const codes = [...refused].sort(([, a], [, b]) => b - a).map(([code, times]) => `${code} ${times}`);
    context.diagnostic(`${seconds.toFixed(1)} s, ${Math.round(count / seconds)}/s; read ${read}; ${codes.join(', ')}`);
    assert.equal(read + [...refused.values()].reduce((sum, times) => sum + times, 0), count);
    assert.deepEqual(Object.keys(Object.prototype), []);
  });
}
