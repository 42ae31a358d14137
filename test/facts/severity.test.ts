import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cvss2VectorTenths, cvssVectorTenths } from '../../src/core/facts/cvss.ts';
import { graver, levelOfSeverity, severityOfRating, severityOfScore } from '../../src/core/facts/severity.ts';

/** Scores that FIRST and NVD publish for these vectors, in tenths. */
const PUBLISHED_SCORES: readonly (readonly [vector: string, tenths: number])[] = [
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 98],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 100],
  ['CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H', 90],
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 75],
  ['CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 78],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 61],
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 64],
  ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N', 16],
  ['CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 65],
  ['CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H', 91],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
  // Temporal metrics do not change the base score, and a prefix may be missing.
  ['AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O', 98],
];

describe('CVSS', () => {
  test('vectors of version 3 have their published scores', () => {
    for (const [vector, tenths] of PUBLISHED_SCORES) assert.equal(cvssVectorTenths(vector), tenths, vector);
  });

  test('other texts are no vectors', () => {
    const others = [
      '',
      'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
      'AV:N/AC:L/Au:N/C:P/I:P/A:P',
      'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H',
      'CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      'CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:X/C:H/I:H/A:H',
      'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/',
    ];
    for (const text of others) assert.equal(cvssVectorTenths(text), undefined, text);
  });
});

/** Scores of the CVSS 2 guide (§3.3.1 to 3.3.3) and of NVD, in tenths. */
const PUBLISHED_SCORES_2: readonly (readonly [vector: string, tenths: number])[] = [
  ['AV:N/AC:L/Au:N/C:N/I:N/A:C', 78],
  ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 100],
  ['AV:L/AC:H/Au:N/C:C/I:C/A:C', 62],
  ['AV:N/AC:L/Au:N/C:P/I:P/A:P', 75],
  ['AV:N/AC:M/Au:N/C:N/I:P/A:N', 43],
  ['AV:L/AC:L/Au:N/C:C/I:C/A:C', 72],
  ['AV:N/AC:L/Au:S/C:P/I:P/A:P', 65],
  ['AV:N/AC:L/Au:N/C:N/I:N/A:N', 0],
  ['(AV:N/AC:L/Au:N/C:P/I:N/A:N)', 50],
  ['AV:N/AC:L/Au:N/C:P/I:P/A:P/E:POC/RL:OF/RC:C', 75],
];

describe('CVSS 2', () => {
  test('vectors have their published scores', () => {
    for (const [vector, tenths] of PUBLISHED_SCORES_2) assert.equal(cvss2VectorTenths(vector), tenths, vector);
    assert.equal(severityOfRating('(AV:N/AC:L/Au:N/C:P/I:N/A:N)'), 'medium');
    assert.equal(severityOfRating('AV:N/AC:L/Au:N/C:C/I:C/A:C'), 'critical');
  });

  test('other texts are no vectors', () => {
    for (const text of [
      '',
      '(AV:N/AC:L/Au:N/C:P/I:P/A:P',
      'AV:N/AC:L/Au:N/C:P/I:P',
      'AV:N/AC:L/Au:N/C:P/I:P/A:P/A:P',
      'AV:X/AC:L/Au:N/C:P/I:P/A:P',
      'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    ])
      assert.equal(cvss2VectorTenths(text), undefined, text);
  });
});

describe('severities', () => {
  test('follow from words, scores and vectors', () => {
    const ratings = [
      ['CRITICAL', 'critical'],
      ['Important', 'high'],
      ['moderate', 'medium'],
      ['Low', 'low'],
      ['Negligible', 'negligible'],
      ['unimportant', 'negligible'],
      ['info', 'negligible'],
      ['Unknown', 'unknown'],
      ['catastrophic', 'unknown'],
      ['constructor', 'unknown'],
      ['9.8', 'critical'],
      ['10', 'critical'],
      ['11', 'unknown'],
      ['-1', 'unknown'],
      ['x'.repeat(300), 'unknown'],
      ['CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H', 'critical'],
      [9, 'critical'],
      [8.9, 'high'],
      [4, 'medium'],
      [3.9, 'low'],
      [0, 'negligible'],
      [10.1, 'unknown'],
      [-0.1, 'unknown'],
      [null, 'unknown'],
      [undefined, 'unknown'],
      [{}, 'unknown'],
    ] as const;
    for (const [rating, severity] of ratings) assert.equal(severityOfRating(rating), severity, String(rating));
  });

  test('begin at the scores of the scale', () => {
    const at = [0, 1, 39, 40, 69, 70, 89, 90, 100].map(severityOfScore);
    const scale = ['negligible', 'low', 'low', 'medium', 'medium', 'high', 'high', 'critical', 'critical'];
    assert.deepEqual(at, scale);
  });

  test('that are unknown outrank none, and become no less than a warning', () => {
    assert.equal(graver('unknown', 'negligible'), 'negligible');
    assert.equal(graver('high', 'low'), 'high');
    assert.equal(levelOfSeverity('unknown'), 'warning');
    assert.equal(levelOfSeverity('high'), 'error');
    assert.equal(levelOfSeverity('negligible'), 'note');
  });
});
