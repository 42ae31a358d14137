import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearsMoreFindings } from '../../../src/core/contract/rules/counts-findings.ts';

/** Rules that no image keeps which did not, where more vulnerabilities are found in it and in the one before. */
const BOUNDING = [
  'facts.vulnerabilities.critical == 0',
  'facts.vulnerabilities.total <= 10 && facts.vulnerabilities.fixable < 1',
  'facts.tests.failed == 0 || facts.vulnerabilities.high == 0',
  'has(facts.vulnerabilities) && has(facts.vulnerabilities.total)',
  '!has(previous.facts) || facts.components.count <= previous.facts.components.count',
  'previous.digest != image.digest',
  'predicate.n < 2',
  'predicate.facts.all(one, one > facts.tests.passed)',
  'true',
];

/** Rules of which that cannot be told, or is not so. */
const OTHERS = [
  'facts.vulnerabilities.suppressed == 0',
  'facts.vulnerabilities.critical > 0',
  'facts.vulnerabilities.critical == 1',
  'facts.vulnerabilities.critical != 0',
  '!(facts.vulnerabilities.critical == 0)',
  '0 >= facts.vulnerabilities.critical',
  'facts.vulnerabilities.critical == 0 ? false : true',
  'facts.vulnerabilities.total <= previous.facts.vulnerabilities.total',
  'facts["vulnerabilities"].total > 0',
  'previous["facts"].vulnerabilities.total > 0',
  '[facts].exists(one, one.vulnerabilities.total > 0)',
  '"x" in facts',
  'facts == previous.facts',
  'previous == image',
  'size(facts) > 0',
  'facts.vulnerabilities.list.exists(one, one.suppressed)',
  'has(facts.vulnerabilities.list[0].status)',
  'facts.vulnerabilities.list == []',
  'facts.vulnerabilities.critical <= facts.vulnerabilities.suppressed',
  'facts.vulnerabilities.critical <',
];

for (const expression of BOUNDING) {
  test(`bounds findings: ${expression}`, () => assert(bearsMoreFindings(expression)));
}
for (const expression of OTHERS) {
  test(`may hold for more where more is found: ${expression}`, () => assert(!bearsMoreFindings(expression)));
}
