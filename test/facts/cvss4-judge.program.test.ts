import assert from 'node:assert/strict';
import { test } from 'node:test';
import calculator from 'ae-cvss-calculator';
import { cvss4VectorTenths } from '../../src/core/facts/cvss4.ts';

const BASE: readonly (readonly [metric: string, values: string])[] = [
  ['AV', 'NALP'],
  ['AC', 'LH'],
  ['AT', 'NP'],
  ['PR', 'NLH'],
  ['UI', 'NPA'],
  ...['VC', 'VI', 'VA', 'SC', 'SI', 'SA'].map((metric) => [metric, 'HLN'] as const),
];

/** Of all vectors each eleventh is held to the other: 11 divides no number of values, so that all combinations come. */
const STEP = 11;

/** Every vector of base metrics. */
function everyVector(): readonly string[] {
  return BASE.reduce<readonly string[]>(
    (vectors, [metric, values]) =>
      vectors.flatMap((vector) => [...values].map((value) => `${vector}/${metric}:${value}`)),
    ['CVSS:4.0'],
  );
}

test('another implementation gives vectors of the base metrics of CVSS 4.0 the same scores', () => {
  const vectors = everyVector();
  assert.equal(vectors.length, 104_976);
  const others = vectors.filter((vector, index) => {
    if (index % STEP !== 0) return false;
    return cvss4VectorTenths(vector) !== Math.round((new calculator.Cvss4P0(vector).calculateScores().base ?? -1) * 10);
  });
  assert.deepEqual(others, []);
});
