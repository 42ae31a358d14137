import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runPattern, runRule } from './rule-run.ts';
import { ruleTable } from './rule-tables.ts';

for (const name of ['values', 'documents'] as const) {
  describe(`rules: ${name}`, () => {
    for (const [expression = '', expected] of ruleTable(name)) {
      test(`${expression} → ${expected}`, () => assert.equal(runRule(String(expression)), String(expected)));
    }
  });
}

describe('rules: refused', () => {
  for (const [expression = '', expected] of ruleTable('refused')) {
    test(`${expression} → ${expected}`, () => assert.equal(runRule(String(expression)), expected));
  }
});

describe('rules: patterns', () => {
  for (const [pattern, text, expected] of ruleTable('patterns')) {
    test(`${pattern} in ${text} → ${expected}`, () =>
      assert.equal(runPattern(String(pattern), String(text)), String(expected)));
  }
});
