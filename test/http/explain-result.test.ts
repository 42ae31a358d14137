import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check } from '../../src/core/custody/check.ts';
import type { CustodyResult } from '../../src/core/custody/verify-custody.ts';
import { reasonsOf } from '../../src/http/explain-result.ts';

/** Reasons read nothing of a result but its checks. */
const reasonsFor = (...checks: readonly Check[]) => reasonsOf({ checks } as unknown as CustodyResult);

const shop = { contract: 'shop', stage: 'test' } as const;
const MISSING: Check = { ...shop, code: 'contract/stage', outcome: 'fail', reason: 'contract/stage-missing' };
const BLOCKED: Check = { ...shop, code: 'contract/order', outcome: 'not-run', reason: 'custody/blocked' };

test('a reason names contract and stage, and says what to do', () => {
  const [reason] = reasonsFor(MISSING);
  assert.equal(
    reason?.text,
    'Contract shop, stage test: nothing was attested for it. Run the stage and attest its result: waybill attest.',
  );
});

test('a reason names entry or list, and what the detail says', () => {
  const detail = 'sha256:00';
  const texts = reasonsFor(
    { code: 'statement/subject', outcome: 'fail', reason: 'statement/other-subject', seq: 9, detail },
    { code: 'list/complete', outcome: 'fail', reason: 'list/gap', key: 'trust' },
    { code: 'contract/signature', outcome: 'fail', reason: 'contract/signature-missing', contract: 'shop' },
    { code: 'contract/covers', outcome: 'not-run', reason: 'contract/none' },
  ).map(({ text }) => text);
  const starts = [
    /^Entry 9: [a-z].* \(sha256:00\) [A-Z]/,
    /^List trust: [a-z]/,
    /^Contract shop: the image /,
    /^No contract /,
  ];
  for (const [index, start] of starts.entries()) assert.match(texts[index] ?? '', start);
});

test('custody/blocked is left out beside a cause, and kept where it is all there is', () => {
  const codes = (...checks: readonly Check[]) => reasonsFor(...checks).map(({ reason }) => reason);
  assert.deepEqual(codes(MISSING, BLOCKED), ['contract/stage-missing']);
  assert.deepEqual(codes(BLOCKED), ['custody/blocked']);
});

test('what reads the same is said once, in the checks’ order', () => {
  const other: Check = { ...MISSING, stage: 'scan' };
  assert.deepEqual(
    reasonsFor(MISSING, other, MISSING).map(({ stage }) => stage),
    ['test', 'scan'],
  );
});

test('checks that passed, and an origin that nobody could confirm, are no reasons', () => {
  const bearable: Check = { code: 'origin', outcome: 'not-run', reason: 'origin/not-confirmed' };
  assert.deepEqual(reasonsFor({ code: 'entry/order', outcome: 'pass' }, bearable), []);
});
