import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createReaderTurns } from '../../src/http/reader-turns.ts';

/** A read that ends when it is told to. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const state = { begun: false };
  const read = () => {
    state.begun = true;
    return promise;
  };
  return { end: resolve, fail: reject, state, read };
}

test('so many reads of one caller are worked on at once, the others in their order, and nobody else waits for them', async () => {
  const turns = createReaderTurns(2, 8);
  const reads = [held(), held(), held(), held()];
  const answers = reads.map(({ read }) => turns('anna', read));
  const begun = () => reads.map(({ state }) => state.begun);
  await turn();
  assert.deepEqual(begun(), [true, true, false, false]);
  assert.deepEqual(await turns('ben', () => Promise.resolve('at once')), { ok: true, value: 'at once' });
  reads[1]?.end('second');
  await turn();
  assert.deepEqual(begun(), [true, true, true, false]);
  reads[0]?.fail(new Error('the database is gone'));
  await assert.rejects(answers[0] ?? Promise.resolve(), /the database is gone/);
  await turn();
  assert.deepEqual(begun(), [true, true, true, true]);
  reads[2]?.end('third');
  reads[3]?.end('fourth');
  assert.deepEqual(
    (await Promise.all(answers.slice(1))).map((answer) => answer.ok && answer.value),
    ['second', 'third', 'fourth'],
  );
});

test('one that comes while a place is handed on does not take it', async () => {
  const turns = createReaderTurns(1, 8);
  const [first, second, third] = [held(), held(), held()];
  const answers = [first, second].map(({ read }) => turns('anna', read));
  first.end('done');
  await answers[0];
  const late = turns('anna', third.read);
  await turn();
  assert.deepEqual([second.state.begun, third.state.begun], [true, false]);
  second.end('done');
  third.end('done');
  await Promise.all([answers[1], late]);
});

test('more than may wait are refused, and taken again once fewer wait (http/too-many-at-once)', async () => {
  const turns = createReaderTurns(1, 2);
  const reads = [held(), held(), held()];
  const answers = reads.map(({ read }) => turns('anna', read));
  const refused = await turns('anna', () => Promise.reject(new Error('was begun')));
  assert.equal(refused.ok || refused.fault.code, 'http/too-many-at-once');
  for (const { end } of reads) end('done');
  await Promise.all(answers);
  assert.equal((await turns('anna', () => Promise.resolve('again'))).ok, true);
});
