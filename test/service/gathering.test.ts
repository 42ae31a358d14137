import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gathering } from '../../src/service/gathering.ts';

/** Never in a test that passes. */
const NEVER_MS = 60_000;

test('a batch of an idle service waits for nobody', async () => {
  const gathering = new Gathering({ waitMs: NEVER_MS, idleMs: NEVER_MS });
  await gathering.wait(1);
});

test('a batch after single ones waits for nobody', async () => {
  const gathering = new Gathering({ waitMs: NEVER_MS, idleMs: NEVER_MS });
  gathering.ended(1);
  gathering.ended(1);
  await gathering.wait(1);
});

test('a batch waits until half of those of the last two batches are there', async () => {
  const gathering = new Gathering({ waitMs: NEVER_MS, idleMs: NEVER_MS });
  gathering.ended(1);
  gathering.ended(7);
  let begun = false;
  const waiting = gathering.wait(1).then(() => {
    begun = true;
  });
  gathering.arrived(2);
  gathering.arrived(3);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(begun, false);
  gathering.arrived(4);
  await waiting;
});

test('a batch begins after its wait, whoever has not come', async () => {
  const gathering = new Gathering({ waitMs: 1, idleMs: NEVER_MS });
  gathering.ended(64);
  gathering.ended(64);
  await gathering.wait(1);
  gathering.arrived(64);
});

test('a batch long after the last one waits for nobody', async () => {
  const gathering = new Gathering({ waitMs: NEVER_MS, idleMs: 1 });
  gathering.ended(64);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await gathering.wait(1);
});
