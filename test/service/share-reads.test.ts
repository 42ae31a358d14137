import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareReads } from '../../src/service/share-reads.ts';

/** A reading that ends when it is told to; `asked` holds the keys of each one that began. */
function slowReader() {
  const asked: (readonly string[])[] = [];
  const ends: { readonly answer: () => void; readonly fail: () => void }[] = [];
  const read = (keys: readonly string[]) => {
    asked.push(keys);
    const number = asked.length;
    return new Promise<ReadonlyMap<string, number>>((resolve, reject) => {
      ends.push({
        answer: () => resolve(new Map(keys.map((key) => [key, number]))),
        fail: () => reject(new Error('unreachable')),
      });
    });
  };
  return { read: shareReads(read), asked, ends };
}

const turn = () => new Promise((resume) => setImmediate(resume));

test('questions of one turn share one reading, and those that come while it runs share the next', async () => {
  const { read, asked, ends } = slowReader();
  const [a, b] = [read(['x', 'y']), read(['y', 'z'])];
  await turn();
  assert.deepEqual(asked, [['x', 'y', 'z']]);
  const [c, d] = [read(['x']), read(['w'])];
  await turn();
  assert.equal(asked.length, 1, 'one at a time');
  ends[0]?.answer();
  assert.equal((await a).get('y'), 1);
  assert.equal((await b).get('z'), 1);
  await turn();
  assert.deepEqual(asked[1], ['x', 'w']);
  ends[1]?.answer();
  assert.equal((await c).get('x'), 2, 'never from a reading that began before the question');
  assert.equal((await d).get('w'), 2);
});

test('a reading that fails fails for those who share it, and the next one goes on', async () => {
  const { read, ends } = slowReader();
  const failed = read(['x']);
  await turn();
  const next = read(['x']);
  ends[0]?.fail();
  await assert.rejects(failed);
  await turn();
  ends[1]?.answer();
  assert.equal((await next).get('x'), 2);
});

test('more keys than one reading takes wait for another', async () => {
  const { read, asked, ends } = slowReader();
  const many = (name: string) => Array.from({ length: 3_000 }, (_, index) => `${name}${index}`);
  const both = Promise.all([read(many('a')), read(many('b'))]);
  await turn();
  ends[0]?.answer();
  await turn();
  ends[1]?.answer();
  await both;
  assert.deepEqual(
    asked.map((keys) => keys.length),
    [3_000, 3_000],
  );
});
