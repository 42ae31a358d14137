import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CHECK_CODES } from '../../src/core/custody/check.ts';
import { REASONS } from '../../src/core/custody/reasons.ts';

const SPEC = readFileSync(new URL('../../docs/spec/custody-checks.md', import.meta.url), 'utf8');
const CONTROL = readFileSync(new URL('../../docs/spec/control.md', import.meta.url), 'utf8');
const CONTRACTS = readFileSync(new URL('../../docs/spec/contract.md', import.meta.url), 'utf8');
const RELEASES = readFileSync(new URL('../../docs/spec/releases.md', import.meta.url), 'utf8');
const LOG_KEYS = readFileSync(new URL('../../docs/spec/log-keys.md', import.meta.url), 'utf8');
const DUAL_CONTROL = readFileSync(new URL('../../docs/spec/dual-control.md', import.meta.url), 'utf8');
const WAIVERS = readFileSync(new URL('../../docs/spec/waivers.md', import.meta.url), 'utf8');
/** Codes in `code style`: an area, a slash, and what. */
const codesOf = (text: string) =>
  new Set([...text.matchAll(/`((?:dual-control|[a-z]+)\/[a-z-]+)`/g)].map(([, code]) => code ?? ''));
const CHECKS = new Set<string>(CHECK_CODES);

test('the specification names every check, and the reasons that it names have words for people', () => {
  const named = codesOf(SPEC);
  for (const check of CHECK_CODES) assert(SPEC.includes(`\`${check}\``), check);
  const reasons = [...named].filter((code) => !CHECKS.has(code));
  assert(reasons.length > 40);
  for (const code of reasons) assert(code in REASONS, `${code} has no words`);
});

test('every reason that has words is named by a specification', () => {
  const pages = [SPEC, CONTRACTS, CONTROL, DUAL_CONTROL, LOG_KEYS, WAIVERS, RELEASES];
  const named = new Set(pages.flatMap((page) => [...codesOf(page)]));
  // Faults of notes, proofs and documents come from the specifications of those.
  const own = Object.keys(REASONS).filter((code) => !/^(?:note|merkle|dsse|image)\//.test(code));
  const unnamed = own.filter((code) => !named.has(code) && code !== 'checkpoint/origin-not-signed');
  assert.deepEqual(unnamed, []);
});

test('reasons read as sentences, and so does advice', () => {
  for (const [code, { text, advice = 'None.' }] of Object.entries(REASONS)) {
    assert.match(text, /^[A-Z].*\.$/, code);
    assert.match(advice, /^[A-Z].*\.$/, code);
  }
});
