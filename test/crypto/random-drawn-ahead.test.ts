import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomDrawnAhead } from '../../src/native/random.ts';

test('random bytes that are drawn ahead are given out once, whatever their number', () => {
  const random = randomDrawnAhead();
  const seen = new Set<string>();
  for (let round = 0; round < 2_000; round += 1) {
    const bytes = random(32);
    assert.equal(bytes.length, 32);
    seen.add(Buffer.from(bytes).toString('hex'));
  }
  assert.equal(seen.size, 2_000);
  for (const length of [0, 1, 31, 4_095, 4_096, 4_097, 100_000]) assert.equal(random(length).length, length);
});

test('random bytes that were given out are nobody else’s: neither memory nor value is shared', () => {
  const random = randomDrawnAhead();
  const first = random(32);
  assert.equal(first.buffer.byteLength, 32);
  const kept = Uint8Array.from(first);
  for (let round = 0; round < 300; round += 1) random(32).fill(0);
  assert.deepEqual(first, kept);
  assert.notDeepEqual(random(32), new Uint8Array(32));
});
