import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareQuarters } from '../../src/main/bench/measure-process.ts';
import { mean, median, percentile, ratioOfRounds, rounded, summarise } from '../../src/main/bench/statistics.ts';

const HUNDRED = Array.from({ length: 100 }, (_, n) => 100 - n);

test('a percentile is a sample that was measured, by nearest rank', () => {
  assert.equal(percentile(HUNDRED, 0.5), 50);
  assert.equal(percentile(HUNDRED, 0.99), 99);
  assert.equal(percentile(HUNDRED, 1), 100);
  assert.equal(percentile([...HUNDRED, 1_000], 0.99), 100);
  assert.equal(percentile([3, 1, 2], 0.99), 3);
  assert.equal(percentile([7], 0.001), 7);
  assert.equal(percentile([1, Number.POSITIVE_INFINITY], 0.99), Number.POSITIVE_INFINITY);
  assert.ok(Number.isNaN(percentile([], 0.5)));
});

test('a median of an even number of samples lies between the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([1, 2, 3, 10]), 2.5);
  assert.ok(Number.isNaN(median([])));
  assert.equal(mean([1, 2, 6]), 3);
});

test('a summary says how many samples it stands on, and does not change them', () => {
  const samples = [5, 1, 3];
  assert.deepEqual(summarise(samples), { samples: 3, mean: 3, p50: 3, p90: 5, p99: 5, max: 5 });
  assert.deepEqual(samples, [5, 1, 3]);
});

test('the ratio of rounds is the median of each round against its own ceiling', () => {
  // The machine is half as fast in the second round, for both.
  const rounds = [
    { value: 500, ceiling: 1_000 },
    { value: 200, ceiling: 500 },
    { value: 600, ceiling: 1_000 },
  ];
  assert.deepEqual(ratioOfRounds(rounds), { ratio: 0.5, min: 0.4, max: 0.6 });
});

test('memory that grows between the second and the last quarter is told by its ratio', () => {
  const flat = compareQuarters([50, 60, 100, 100, 100, 100, 100, 110]);
  assert.equal(flat.ratio, 1.05);
  assert.equal(compareQuarters([1, 1, 10, 10, 20, 20, 40, 40]).ratio, 4);
});

test('numbers are printed with as many digits as they mean', () => {
  assert.equal(rounded(0.123456), 0.1235);
  assert.equal(rounded(12_345.6), 12_350);
  assert.equal(rounded(12_345.6, 5), 12_346);
});
