import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { evaluateRule, readRule } from '../../src/core/contract/rules/rule.ts';
import { randomPatterns, randomRules } from './random-rules.ts';
import { runPattern } from './rule-run.ts';

const DOCUMENT = { yes: true, none: null, int: 3, double: 2.5, text: 'hello', numbers: [1, 2, 3], words: ['he', 'x'] };
/** The same as the other implementation wants it: its ints are bigints. */
const THEIRS = { ...DOCUMENT, int: 3n, numbers: [1n, 2n, 3n] };

const other = new Environment({ homogeneousAggregateLiterals: false })
  .registerVariable('predicate', 'dyn')
  .registerVariable('n', 'dyn');

/** True or false; anything else is an error there, whatever it is called. */
function theirs(expression: string): string {
  try {
    const value = other.evaluate(expression, { predicate: THEIRS, n: null });
    return typeof value === 'boolean' ? String(value) : 'error';
  } catch {
    return 'error';
  }
}

function ours(expression: string): string {
  const rule = readRule(expression, ['predicate', 'n']);
  assert(rule.ok, `${expression}: ${rule.ok ? '' : rule.fault.message}`);
  const reason = evaluateRule(rule.value, { predicate: DOCUMENT }, { left: 1_000_000 });
  return reason === undefined ? 'true' : reason === 'contract/rule-violated' ? 'false' : 'error';
}

test('another implementation of CEL comes to the same, wherever its types allow it to judge', () => {
  const tally = { true: 0, false: 0, error: 0 };
  fc.assert(
    fc.property(randomRules(), (expression) => {
      if (expression.length > 1_500 || /9223372036854775807.*9223372036854775807/.test(expression)) return;
      const mine = ours(expression);
      tally[mine as keyof typeof tally] += 1;
      assert.equal(mine, theirs(expression), expression);
    }),
    { numRuns: 6_000, seed: 11 },
  );
  for (const [outcome, count] of Object.entries(tally)) assert(count > 500, `${outcome}: ${count} of 6,000`);
});

test('patterns match where the engine’s own regular expressions do', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '_', ' ', '.', '-', '😀', '\n'), maxLength: 8 });
  let matched = 0;
  fc.assert(
    fc.property(randomPatterns(), texts, (pattern, text) => {
      const mine = runPattern(pattern, text);
      if (mine === 'refused') return;
      if (mine === 'true') matched += 1;
      assert.equal(mine, String(new RegExp(pattern, 'u').test(text)), `${pattern} in ${JSON.stringify(text)}`);
    }),
    { numRuns: 20_000, seed: 12 },
  );
  assert(matched > 2_000 && matched < 19_000, `${matched} of 20,000 matched`);
});
