import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECK_CODES } from '../../src/core/custody/check.ts';
import { checkTitle, explainCheck } from '../../src/core/custody/explain-check.ts';
import { reportModel } from '../../src/core/custody/report-model.ts';
import { contractKey, coverageKey, imageKey, principalKey, signerKey, TRUST_KEY } from '../../src/core/entry/keys.ts';
import { RESERVED_KINDS } from '../../src/core/entry/kinds.ts';
import { processorMs } from '../harness/processor-time.ts';
import {
  attest,
  CONTRACT,
  custodyLedger,
  digestOf,
  grant,
  IMAGE,
  indexManifest,
  longLedger,
  MANIFEST,
  openedLedger,
  sign,
} from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, verify } from './verify-under-test.ts';

const PIPELINE = openedLedger().key('pipeline').signer;
const LISTS = [
  imageKey(IMAGE),
  coverageKey('shop/*'),
  contractKey(CONTRACT.contract),
  signerKey(PIPELINE),
  principalKey('shop-ci'),
  principalKey('bootstrap-admin'),
  TRUST_KEY,
];
const BODIES: readonly unknown[] = [null, {}, [], 7, 'text', { contract: 5, version: {}, repositories: 'x' }];

for (const [kind, reason] of [
  ['future.kind', 'entry/unknown-kind'],
  ...Object.keys(RESERVED_KINDS).map((reserved) => [reserved, 'entry/reserved-kind']),
] as [string, string][]) {
  test(`an entry of kind ${kind} lets nothing pass, in whatever list it stands (${reason})`, () => {
    for (const key of LISTS) {
      for (const body of kind === 'future.kind' ? BODIES : [null]) {
        const ledger = custodyLedger();
        ledger.append({ kind, principal: 'somebody', repository: 'shop/api', body, keys: [key] });
        attest(ledger, { stage: 'late' });
        assertFound(verify(ledger), 'fail', 'entry/kind', reason);
      }
    }
  });
}

test('a contract list with an entry of another kind in it is not read (entry/unknown-kind)', () => {
  const ledger = custodyLedger();
  ledger.append({ kind: 'future.kind', principal: 'x', body: null, keys: [contractKey('shop')] });
  assertFound(verify(ledger), 'fail', 'contract/covers', 'entry/unknown-kind');
});

test('a principal whose newest entry is of another kind has no role (entry/unknown-kind)', () => {
  const ledger = custodyLedger();
  ledger.append({ kind: 'future.kind', principal: 'x', body: null, keys: [principalKey('shop-ci')] });
  attest(ledger, { stage: 'late' });
  assertFound(verify(ledger), 'fail', 'principal/allowed', 'entry/unknown-kind');
});

test('a chain of 3,000 administrators, each made by the one before, is followed without a fall', () => {
  const ledger = openedLedger();
  let by = 'bootstrap-admin';
  for (let made = 0; made < 3000; made += 1) {
    const next = `admin-${made}`;
    grant(ledger, next, 'admin', { by });
    by = next;
  }
  sign(ledger, MANIFEST, { by });
  // The service asks round by round, and a chain asks for one list in each; here all are asked for at once.
  assert.equal(verify(ledger, { keys: principals(ledger) }).verdict, 'unjudged');
});

function principals(ledger: LedgerUnderTest): readonly string[] {
  const keys: string[] = [];
  for (let seq = 0; seq < ledger.size; seq += 1)
    for (const { key } of ledger.entry(seq).keys) if (key.startsWith('principal:admin-')) keys.push(key);
  return keys;
}

test('indexes nested 300 deep are climbed', () => {
  const ledger = openedLedger();
  let manifest = MANIFEST;
  for (let depth = 0; depth < 300; depth += 1) {
    manifest = indexManifest([manifest]);
    sign(ledger, manifest);
  }
  attest(ledger, { stage: 'build', type: 'slsa-provenance', digest: digestOf(manifest) });
  const result = verify(ledger);
  assert.equal(result.verdict, 'unjudged');
  assert.equal(result.timeline.at(-1)?.via, digestOf(manifest));
});

test('1,000 entries of one image are verified in seconds', () => {
  const ledger = longLedger(1000);
  const start = processorMs();
  const result = verify(ledger);
  const seconds = (processorMs() - start) / 1000;
  assertPasses(result);
  assert.equal(result.timeline.length, 1001);
  // Native Ed25519 does about 6,000 a second; the bound leaves room for a busy machine and none for a square.
  assert(seconds < 20, `${seconds} s`);
});

test('every code, outcome and reason that a result can hold reads as a sentence', () => {
  for (const code of CHECK_CODES) {
    assert.notEqual(checkTitle(code), '');
    for (const outcome of ['pass', 'fail', 'waived', 'not-run'] as const) {
      const { title, text } = explainCheck({ code, outcome, reason: 'payload/absent' });
      assert.match(title, /^[A-Z]/);
      assert.match(text, /[.)]$/);
    }
  }
  const model = reportModel(verify(custodyLedger()));
  assert(model.groups.every(({ checks }) => checks.length > 0));
  assert.equal(model.result.verdict, 'pass');
});

test('a check that was not run is never shown as passed', () => {
  const model = reportModel(verify(custodyLedger(), { withoutPayloads: [9] }));
  for (const group of model.groups) {
    const worst = group.checks.some(({ outcome }) => outcome === 'not-run' || outcome === 'fail');
    assert.equal(group.outcome === 'pass', !worst, group.code);
  }
});
