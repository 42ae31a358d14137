import { readFileSync } from 'node:fs';

/** Rows of one table of expressions or patterns, each with what docs/spec/rules.md makes of it, written down by hand. */
export function ruleTable(
  name: 'values' | 'documents' | 'refused' | 'patterns' | 'steps',
): readonly (readonly unknown[])[] {
  return JSON.parse(readFileSync(new URL(`rules/${name}.json`, import.meta.url), 'utf8'));
}
