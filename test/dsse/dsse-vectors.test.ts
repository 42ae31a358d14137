import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDsseVectors } from './vector-runs.ts';

for (const { title, expected, actual } of runDsseVectors()) {
  test(`the published DSSE example gives ${expected} (${title})`, () => {
    assert.equal(actual, expected);
  });
}
