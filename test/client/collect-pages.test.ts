import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from '../../src/client/answers.ts';
import type { Answer, PageQuestion } from '../../src/client/call.ts';
import { ClientError } from '../../src/client/client-error.ts';
import { collectPages, PAGES_MAX } from '../../src/client/collect-pages.ts';

/** A list whose pages are these numbers, each page after the cursor that `next` gives it. */
function listOf(items: (cursor: number) => readonly number[], next: (cursor: number) => number | undefined) {
  const asked: PageQuestion[] = [];
  const read = async (question: PageQuestion): Answer<Page<number>> => {
    asked.push(question);
    const cursor = Number(question.cursor ?? 0);
    const after = next(cursor);
    const json = { items: items(cursor), ...(after === undefined ? {} : { next: String(after) }) };
    return { value: json, json, status: 200 };
  };
  return { read, asked };
}

async function codeOf(collecting: Promise<unknown>): Promise<string> {
  const error = await collecting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert(error instanceof ClientError, String(error));
  return error.problem.code;
}

test('a list is collected to its end, page after page, or as much of it as is wanted', async () => {
  const { read, asked } = listOf(
    (cursor) => [cursor, cursor + 0.5],
    (cursor) => (cursor < 3 ? cursor + 1 : undefined),
  );
  const heard: number[] = [];
  const all = await collectPages(read, { onPage: (count) => heard.push(count) });
  assert.deepEqual(all.items, [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]);
  assert.deepEqual(all.json, all.items);
  assert.deepEqual(heard, [2, 4, 6, 8]);
  assert.deepEqual(asked[0], { cursor: undefined, limit: 200 });
  assert.deepEqual((await collectPages(read, { max: 3 })).items, [0, 0.5, 1]);
  assert.equal(asked.length, 6);
});

test('a list that goes round is refused, and not given as far as it was read (client/malformed-answer)', async () => {
  const standing = listOf(
    (cursor) => [cursor],
    () => 1,
  );
  assert.equal(await codeOf(collectPages(standing.read)), 'client/malformed-answer');
  assert.equal(standing.asked.length, 2);
  const round = listOf(
    () => [],
    (cursor) => (cursor + 1) % 7,
  );
  assert.equal(await codeOf(collectPages(round.read)), 'client/malformed-answer');
  assert(round.asked.length < 10);
});

test('a list without an end is refused after its bound of pages, empty ones or not (client/answer-too-large)', async () => {
  for (const items of [[], [1]]) {
    const endless = listOf(
      () => items,
      (cursor) => cursor + 1,
    );
    assert.equal(await codeOf(collectPages(endless.read)), 'client/answer-too-large');
    assert.equal(endless.asked.length, PAGES_MAX);
  }
});
