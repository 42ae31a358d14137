import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeptAnswers } from '../../src/service/kept-answers.ts';

test('what nobody asked for longest goes first', () => {
  const kept = createKeptAnswers<{ readonly of: string }>({ answersMax: 2, bytesMax: 10_000 });
  kept.keep('a', { of: 'a' });
  kept.keep('b', { of: 'b' });
  assert.deepEqual(kept.find('a'), { of: 'a' });
  kept.keep('c', { of: 'c' });
  assert.equal(kept.find('b'), undefined);
  assert(kept.find('a') !== undefined && kept.find('c') !== undefined);
});

test('bytes are bounded, counted once for a name, and given back', () => {
  const kept = createKeptAnswers<{ readonly text: string }>({ answersMax: 1_000, bytesMax: 1_600 });
  for (let index = 0; index < 100; index += 1) {
    kept.keep(`n${index}`, { text: 'x'.repeat(100) });
    assert(kept.size().bytes <= 1_600);
  }
  assert(kept.size().answers > 5 && kept.size().answers < 20);
  kept.keep('n99', { text: 'y' });
  kept.keep('large', { text: 'x'.repeat(300) });
  assert.equal(kept.find('large'), undefined, 'one answer may not push the others out');
  for (let index = 0; index < 100; index += 1) kept.drop(`n${index}`);
  assert.deepEqual(kept.size(), { answers: 0, bytes: 0 });
});
