import assert from 'node:assert/strict';
import { test } from 'node:test';
import { custodyLedger, openedLedger } from './custody-under-test.ts';
import { assertFound, assertPasses, verify } from './verify-under-test.ts';

test('passes an image that brings what its contract asks for, every check run', () => {
  const result = verify(custodyLedger());
  assertPasses(result);
  assert.equal(result.intact, true);
});

test('judges nothing where no contract covers the repository (contract/none)', () => {
  assertFound(verify(openedLedger()), 'unjudged', 'contract/covers', 'contract/none');
});
