import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTRACT, publish } from './custody-under-test.ts';
import { verify } from './verify-under-test.ts';
import { approve, request, unscannedLedger } from './waivers-under-test.ts';

test('a waiver names one limit of a contract, and the others are held (contract/limits)', () => {
  const limits = { layersMax: 3, componentsMax: 9, baseImages: ['debian'] };
  const contract = { ...CONTRACT, stages: [], limits };
  const outcomesOf = (rule?: string) => {
    const ledger = unscannedLedger();
    publish(ledger, contract, { version: 2, previous: CONTRACT.repositories });
    request(ledger, { check: 'contract/limits', stage: null, ...(rule === undefined ? {} : { rule }) });
    approve(ledger);
    const { checks, verdict } = verify(ledger);
    const found = checks.filter(({ code }) => code === 'contract/limits');
    return { verdict, ...Object.fromEntries(found.map(({ detail, outcome }) => [detail, outcome])) };
  };
  // No document of the image states components or a base.
  const missing = { verdict: 'fail', layersMax: 'pass', componentsMax: 'fail', baseImages: 'fail' };
  assert.deepEqual(outcomesOf('componentsMax'), { ...missing, componentsMax: 'waived' });
  assert.deepEqual(outcomesOf('baseImages'), { ...missing, baseImages: 'waived' });
  for (const other of [undefined, 'layersMax', 'components', 'componentsmax'])
    assert.deepEqual(outcomesOf(other), missing, `${other}`);
});
