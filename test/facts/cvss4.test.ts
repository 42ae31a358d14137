import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cvss4VectorTenths } from '../../src/core/facts/cvss4.ts';
import { severityOfRating } from '../../src/core/facts/severity.ts';

const REACHED = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N';

/** Scores in tenths that FIRST's calculator for CVSS 4.0 gives (cvss-v4-calculator of June 2024, BSD-2-Clause). */
const SCORES: readonly (readonly [vector: string, tenths: number])[] = [
  // The specification's own example, §7.
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:H/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N', 51],
  // Vulnerabilities that FIRST scores as examples: log4shell, Heartbleed, nginx CVE-2022-41741, Reader CVE-2021-44714.
  [`${REACHED}/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H`, 100],
  [`${REACHED}/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N`, 87],
  ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 73],
  ['CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N', 46],
  [`${REACHED}/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N`, 93],
  [`${REACHED}/VC:N/VI:N/VA:N/SC:H/SI:H/SA:H`, 79],
  [`${REACHED}/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N`, 0],
  ['CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N', 10],
  ['CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:P/VC:N/VI:H/VA:H/SC:N/SI:L/SA:L', 52],
];

describe('CVSS 4.0', () => {
  test('vectors have the scores of the calculator of those who define it', () => {
    for (const [vector, tenths] of SCORES) assert.equal(cvss4VectorTenths(vector), tenths, vector);
  });

  test('other metrics than the base ones change nothing, and have to be well formed', () => {
    const base = `${REACHED}/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N`;
    const modified = '/MAV:P/MAC:H/MAT:P/MPR:H/MUI:A/MVC:N/MVI:N/MVA:N/MSC:N/MSI:S/MSA:S';
    const every = `/E:U/CR:L/IR:M/AR:X${modified}/S:P/AU:Y/R:I/V:C/RE:M/U:Amber`;
    for (const more of ['/E:U', '/CR:L', '/U:Red', modified, every])
      assert.equal(cvss4VectorTenths(base + more), 87, more);
    const spoilt = [
      '/E:H',
      '/E:P/E:P',
      '/E:P/E:U',
      '/U:Red/E:A',
      '/IR:H/CR:H',
      '/MSC:S',
      '/RL:O',
      '/e:A',
      '/U:Blue',
      '/',
    ];
    for (const more of spoilt) assert.equal(cvss4VectorTenths(base + more), undefined, more);
  });

  test('vectors that are out of order, incomplete, doubled or of another version are none', () => {
    const impact = '/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
    const others = [
      '',
      'CVSS:4.0',
      'CVSS:4.0/',
      `${REACHED.slice('CVSS:4.0/'.length)}${impact}`,
      `cvss:4.0${(REACHED + impact).slice('CVSS:4.0'.length)}`,
      `CVSS:4.1${(REACHED + impact).slice('CVSS:4.0'.length)}`,
      `CVSS:3.1${(REACHED + impact).slice('CVSS:4.0'.length)}`,
      `CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N${impact}`,
      `${REACHED}/VC:H/VI:H/VA:H/SC:N/SI:N`,
      `${REACHED}/VC:H${impact}`,
      `${REACHED}/AV:N${impact}`,
      `${REACHED}/S:U${impact}`,
      `${REACHED}${impact.replace('SI:N', 'SI:S')}`,
      `${REACHED.replace('UI:N', 'UI:R')}${impact}`,
      ` ${REACHED}${impact}`,
      `${REACHED}${impact}\n`,
      `${REACHED}${impact}${'/E:A'.repeat(100_000)}`,
    ];
    for (const text of others) assert.equal(cvss4VectorTenths(text), undefined, text.slice(0, 120));
  });

  test('vectors are ratings, with the scale of version 3', () => {
    const rated = (impacts: string) => severityOfRating(`${REACHED}/${impacts}`);
    assert.equal(rated('VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'), 'critical');
    assert.equal(rated('VC:H/VI:N/VA:N/SC:N/SI:N/SA:N'), 'high');
    assert.equal(rated('VC:L/VI:L/VA:L/SC:N/SI:N/SA:N/E:U'), 'medium');
    assert.equal(rated('VC:N/VI:N/VA:N/SC:N/SI:N/SA:N'), 'negligible');
    assert.equal(severityOfRating('CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N'), 'low');
    assert.equal(rated('VC:H/VI:H/VA:H/SC:N/SI:N'), 'unknown');
    assert.equal(rated(`VC:H/VI:H/VA:H/SC:N/SI:N/SA:N${'/E:A'.repeat(60)}`), 'unknown');
  });
});
