import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fields, plain, table, wrapped } from '../../src/cli/layout-text.ts';
import { progressLine } from '../../src/cli/progress.ts';

test('draws a bar that never reaches the last column', () => {
  assert.equal(
    progressLine('reading', 'images', 5, 10, 60),
    'reading ████████████████░░░░░░░░░░░░░░░  50 %  5/10 images',
  );
  for (let columns = 8; columns < 200; columns++) {
    for (const [done, total] of [
      [0, 10],
      [10, 10],
      [11, 10],
      [3, undefined],
      [1e9, 2e9],
    ] as const) {
      assert.ok(progressLine('receiving evidence', 'bytes', done, total, columns).length < columns);
    }
  }
});

test('shows text of others without any control over the terminal', () => {
  assert.equal(plain('a\u001b[2Jb\r\u202ec\n'), 'a\\u{1b}[2Jb\\u{d}\\u{202e}c\\u{a}');
  assert.equal(plain('a\u3164b\u034f\ufe0f\u2800'), 'a\\u{3164}b\\u{34f}\\u{fe0f}\\u{2800}');
  assert.equal(plain('shop/api – größer'), 'shop/api – größer');
});

test('sets names and columns below each other', () => {
  assert.equal(
    fields([
      ['a', '1'],
      ['long', '2'],
      ['none', undefined],
    ]),
    '  a     1\n  long  2',
  );
  assert.equal(
    table(
      ['A', 'B'],
      [
        ['xyz', ''],
        ['', 'q'],
      ],
    ),
    'A    B\nxyz\n     q',
  );
  assert.equal(wrapped('one two three', 8, '  '), 'one two\n  three');
});
