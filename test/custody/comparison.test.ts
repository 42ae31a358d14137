import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparisonWords } from '../../src/core/custody/facts-change-words.ts';
import { compareFacts } from '../../src/core/facts/compare-facts.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import { IMAGE } from './custody-under-test.ts';
import { billOf, comparedLedger, IN_PRODUCTION, inProduction, releaseOlder, SMALLER } from './previous-under-test.ts';
import { OLDER } from './releases-under-test.ts';
import { verify } from './verify-under-test.ts';

const NOTHING_ASKED = { ...SMALLER, rules: [{ rule: 'few', expression: 'facts.components.count < 99' }] };

test('a result says what is stated of both images and how it differs, whatever a contract asks', () => {
  const ledger = comparedLedger(30, NOTHING_ASKED);
  const { released } = releaseOlder(ledger, 4);
  const { comparison, verdict } = inProduction(ledger);
  assert.equal(verdict, 'pass');
  assert.deepEqual(
    [comparison?.environment, comparison?.previous?.digest, comparison?.previous?.seq, comparison?.reason],
    ['production', OLDER, released, undefined],
  );
  const components = comparison?.facts?.components;
  assert.deepEqual(
    [components?.before, components?.after, components?.addedCount, components?.added.length],
    [4, 30, 26, 20],
    'of every list the first twenty',
  );
});

test('without an environment in question, or a release before it, nothing is compared', () => {
  const ledger = comparedLedger(3, NOTHING_ASKED);
  assert.deepEqual(inProduction(ledger).comparison, { environment: 'production' });
  releaseOlder(ledger, 4);
  const { environment: _, ...question } = IN_PRODUCTION;
  assert.equal(verify(ledger, { question }).comparison, undefined);
});

test('of an image that does not hold, it is said that nothing can be (contract/previous-unreadable)', () => {
  const ledger = comparedLedger(3, NOTHING_ASKED);
  const { released } = releaseOlder(ledger, 4);
  billOf(ledger, OLDER, 9, { key: 'unregistered' });
  billOf(ledger, IMAGE, 2);
  const { comparison, verdict } = inProduction(ledger);
  assert.equal(verdict, 'pass', 'no verdict rests on it');
  assert.equal(comparison?.reason, 'contract/previous-unreadable');
  assert.deepEqual([comparison?.previous?.seq, comparison?.facts], [released, undefined]);
  assert.deepEqual(comparisonWords(comparison), [
    `It cannot be told what changes in production since ${OLDER}, released there at entry #${released} (contract/previous-unreadable).`,
  ]);
});

const severities = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };

function factsOf(components: readonly string[], ids: readonly string[], failed: number): Facts {
  const list = ids.map((id) => ({ id, severity: 'high' as const, component: 'a@1', suppressed: false }));
  return {
    components: { count: components.length, list: components.map((name) => ({ name, version: '1' })) },
    vulnerabilities: { ...severities, high: ids.length, total: ids.length, fixable: 0, suppressed: 0, list },
    tests: { total: 9, passed: 9 - failed, failed, skipped: 0 },
    image: { shape: 'image', layers: 2, bytes: 1_000 },
  };
}

test('what differs is told in a line for each kind of fact, and what does not is not told', () => {
  const before = factsOf(['a', 'b'], ['CVE-1', 'CVE-2'], 0);
  const after = factsOf(['a', 'c', 'd', 'e', 'f', 'g', 'h'], ['CVE-2', 'CVE-3'], 1);
  const spoken = { environment: 'production', previous: { digest: OLDER, seq: 7 } };
  assert.deepEqual(comparisonWords({ ...spoken, facts: compareFacts(before, after) }), [
    `In production, since ${OLDER}, released there at entry #7:`,
    'Components: 2 before, 7 now; 6 added (c, d, e, f, g, …); 1 removed (b).',
    'Vulnerabilities: 2 before, 2 now; 1 new, 1 high (CVE-3); 1 gone (1 high).',
    'Failed tests: 0 before, 1 now.',
  ]);
  assert.deepEqual(comparisonWords({ ...spoken, facts: compareFacts(before, before) }).slice(1), [
    'Nothing that is stated of both differs.',
  ]);
  assert.deepEqual(comparisonWords({ ...spoken, facts: {} }).slice(1), ['Nothing is stated of both.']);
  assert.deepEqual(comparisonWords({ environment: 'production' }), [
    'Before this image, nothing was released to production.',
  ]);
});
