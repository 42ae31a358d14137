import assert from 'node:assert/strict';
import type { Facts } from '../../src/core/facts/facts.ts';
import { LEVELS, SEVERITIES } from '../../src/core/facts/facts.ts';

/** Asserts what every facts must be, whatever document they are of: integers only, sums that agree, lists in order. */
export function checkFacts(facts: Facts): void {
  checkNumbers(facts);
  const { components, licences, vulnerabilities, findings, tests, coverage, approvals } = facts;
  if (components !== undefined) {
    assert.equal(components.count, components.list.length);
    checkOrder(
      components.list.map(({ name, version, purl }) => purl ?? (version === undefined ? name : `${name}@${version}`)),
    );
    assert.equal(licences?.unstated, components.list.filter((each) => each.licences === undefined).length);
  }
  if (licences !== undefined) {
    assert.equal(licences.count, licences.list.length);
    checkOrder(licences.list.map(({ licence }) => licence));
  }
  if (vulnerabilities !== undefined) {
    const { list, total, suppressed } = vulnerabilities;
    assert.equal(
      total,
      SEVERITIES.reduce((sum, severity) => sum + vulnerabilities[severity], 0),
    );
    assert.equal(total + suppressed, list.length);
    assert.equal(list.filter((each) => each.suppressed).length, suppressed);
    for (const [index, { id, component = '' }] of list.entries()) {
      const before = list[index - 1];
      assert(before === undefined || before.id < id || (before.id === id && (before.component ?? '') < component));
    }
  }
  if (findings !== undefined)
    assert.equal(
      findings.total,
      LEVELS.reduce((sum, level) => sum + findings[level], 0),
    );
  if (tests !== undefined) assert.equal(tests.total, tests.passed + tests.failed + tests.skipped);
  for (const ratio of [coverage?.lines, coverage?.branches]) assert((ratio?.basisPoints ?? 0) <= 10_000);
  if (approvals !== undefined) assert(approvals.count <= approvals.approvers.length);
}

function checkNumbers(value: unknown): void {
  if (typeof value === 'number') assert(Number.isSafeInteger(value) && value >= 0, String(value));
  else if (typeof value === 'string') assert(value.length <= 1_024 && value.isWellFormed());
  else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) checkNumbers(member);
  else assert.equal(typeof value, 'boolean');
}

function checkOrder(texts: readonly string[]): void {
  for (const [index, text] of texts.entries()) assert(index === 0 || (texts[index - 1] ?? '') < text, text);
}
