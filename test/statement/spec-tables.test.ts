import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  ARRAY_FORMATS,
  JSON_FORMATS,
  STATEMENT_FORMATS,
  XML_FORMATS,
} from '../../src/core/statement/document-formats.ts';
import { PREDICATE_TYPES } from '../../src/core/statement/predicate-types.ts';

const spec = readFileSync(new URL('../../docs/spec/attestations.md', import.meta.url), 'utf8');

/** Rows of the tables below a heading, each as its cells. */
function rowsBelow(heading: string): string[][] {
  const start = spec.indexOf(`\n${heading}`);
  assert.notEqual(start, -1, heading);
  const end = spec.indexOf('\n## ', start + 1);
  const lines = spec.slice(start, end === -1 ? undefined : end).split('\n');
  return lines
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .replaceAll('`', '')
        .split('|')
        .map((cell) => cell.trim()),
    );
}

test('the specification lists exactly the known predicate types', () => {
  assert.deepEqual(
    rowsBelow('## 6.').map((cells) => cells.slice(1, 3)),
    PREDICATE_TYPES.map(({ name, uri }) => [name, uri]),
  );
});

test('the specification lists exactly the recognised formats with their predicate types', () => {
  const tools = [JSON_FORMATS, ARRAY_FORMATS, XML_FORMATS].flatMap((formats) =>
    Object.entries(formats).map(([format, { predicateType }]) => [format, predicateType]),
  );
  const rows = rowsBelow('## 7.').map((cells) => [cells[1], cells[3]]);
  assert.deepEqual(rows.slice(0, tools.length), tools);
  assert.deepEqual(
    rows.slice(tools.length).map(([format]) => format),
    Object.keys(STATEMENT_FORMATS),
  );
});
