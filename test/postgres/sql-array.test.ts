import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ArrayElement, formatArray } from '../../src/postgres/sql-array.ts';
import { query } from '../harness/embedded-folder.ts';
import { createTestDatabase } from '../harness/test-database.ts';

/** What the server reads, element by element: it is the judge of what an array's text means. */
async function readBack(url: string, type: string, texts: readonly string[]): Promise<readonly unknown[][]> {
  const list = texts.map((text) => `'${text.replaceAll("'", "''")}'::${type}[]`).join(', ');
  const [row] = await query(url, `SELECT to_json(ARRAY(SELECT to_json(each) FROM unnest(ARRAY[1]) AS each)), ${list}`);
  return Object.values(row ?? {}).slice(1) as unknown[][];
}

test('the server reads every array of texts as what it was made of, whatever stands in them', async () => {
  await using database = await createTestDatabase();
  const tricky = [
    '',
    'null',
    'NULL',
    'Null',
    ' ',
    'a,b',
    '{a}',
    '"',
    '\\',
    '\\"',
    "'",
    '\n',
    'image:sha256:ab',
    'é',
    '—',
    '😀',
  ];
  const element = fc.oneof(
    fc.constantFrom(...tricky),
    fc.string({ unit: 'grapheme' }).filter(isStorable),
    fc.constant(null),
  );
  const arrays = [[], [null], tricky, ...fc.sample(fc.array(element, { minLength: 1, maxLength: 12 }), 300)];
  for (const elements of arrays) {
    const [read] = await readBack(database.ownerUrl, 'text', [formatArray(elements)]);
    assert.deepEqual(read, elements);
  }
});

test('numbers, bytes, truth and absence stand as what the server takes for them', async () => {
  await using database = await createTestDatabase();
  const read = async (type: string, elements: readonly ArrayElement[]) =>
    (await readBack(database.ownerUrl, type, [formatArray(elements)]))[0];
  assert.deepEqual(await read('int', [0, -1, 2_147_483_647, null, undefined]), [0, -1, 2_147_483_647, null, null]);
  assert.deepEqual(await read('bigint', [9_007_199_254_740_991, 12n]), ['9007199254740991', '12']);
  assert.deepEqual(await read('boolean', [true, false]), [true, false]);
  const bytes = [Uint8Array.of(), Uint8Array.of(0, 92, 255), Uint8Array.of(9, 1, 2, 3).subarray(1, 3)];
  assert.deepEqual(
    await read('bytea', bytes),
    bytes.map((each) => Buffer.from(each)),
  );
});

/** The server stores neither a zero character nor half of one. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
