import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrendPoint } from '../../src/web/console/api/found.ts';
import { changeInWords, seriesOf } from '../../src/web/console/pages/repositories/series.ts';
import { bytesInWords } from '../../src/web/console/ui/bytes-in-words.ts';

function point(seq: number, facts?: TrendPoint['facts']): TrendPoint {
  return { digest: `sha256:${'0'.repeat(64)}`, seq, signedAt: '', ...(facts === undefined ? {} : { facts }) };
}

test('a series has the oldest image first, and what an image does not state is missing and never zero', () => {
  const points = [point(3, { bytes: 30, components: 0 }), point(2), point(1, { bytes: 10 })];
  assert.deepEqual(
    seriesOf(points).map(({ title, values }) => [title, values]),
    [
      ['Size', [10, undefined, 30]],
      ['Components', [undefined, undefined, 0]],
    ],
  );
  assert.deepEqual(seriesOf([point(1)]), []);
});

test('what changed is told from the first number that was stated to the last', () => {
  const [size] = seriesOf([point(3, { bytes: 2_048 }), point(2), point(1, { bytes: 1_024 })]);
  const [less] = seriesOf([point(2, { components: 1_000 }), point(1, { components: 3_500 })]);
  const [same] = seriesOf([point(2, { components: 7 }), point(1, { components: 7 })]);
  const [once] = seriesOf([point(2, { components: 7 }), point(1)]);
  assert.deepEqual(
    [size, less, same, once].map((series) => series !== undefined && changeInWords(series)),
    ['+1 KiB over 2 images', '−2,500 over 2 images', 'unchanged over 2 images', 'stated once'],
  );
});

test('bytes are told in the unit in which they read best', () => {
  for (const [bytes, words] of [
    [0, '0 bytes'],
    [1_023, '1,023 bytes'],
    [1_024, '1 KiB'],
    [12_900_000, '12.3 MiB'],
    [5 * 1_024 ** 5, '5,120 TiB'],
  ] as const)
    assert.equal(bytesInWords(bytes), words);
});
