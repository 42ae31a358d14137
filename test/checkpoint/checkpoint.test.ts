import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { openNote, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import type { Result } from '../../src/core/fault.ts';
import { EMPTY_ROOT } from '../../src/core/merkle/hash.ts';
import {
  absentReason,
  hasPublished,
  listPublished,
  readPublished,
  readPublishedText,
} from '../merkle/published-vectors.ts';
import { SPECIFICATION_NOTE, SPECIFICATION_VKEY, SUMDB_NOTE, SUMDB_VKEY } from './published-notes.ts';
import { runGrowingLog } from './vector-runs.ts';

const ROOT = 'rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=';
/** Key of the published test log, from its build script. */
const TESSERA_VKEY = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';

test('rebuilds every tile and root of the published log from its entries, and proves each size from each before', (t) => {
  if (!hasPublished('tessera-log')) return t.skip(absentReason('tessera-log'));
  const folder = 'tessera-log/log';
  const files = listPublished(folder).filter((path) => path.startsWith('tile/'));
  const outcomes = runGrowingLog({
    vkey: TESSERA_VKEY,
    checkpoints: Array.from({ length: 16 }, (_, size) => readPublishedText(`${folder}/checkpoint.${size}`)),
    files: new Map(files.map((path) => [path, readPublished(`${folder}/${path}`)])),
  });
  assert.deepEqual(
    outcomes.filter((outcome) => outcome.broken.length > 0),
    [],
  );
  // 16 checkpoints, and every pair 1 ≤ first ≤ second ≤ 15.
  assert.equal(outcomes.length, 16 + 120);
});

test('reads a checkpoint and writes the same text', () => {
  const text = `example.com/log\n15\n${ROOT}\n`;
  const checkpoint = unwrap(parseCheckpoint(text));
  assert.deepEqual(
    [checkpoint.origin, checkpoint.size, Buffer.from(checkpoint.root).toString('base64')],
    ['example.com/log', 15, ROOT],
  );
  assert.equal(formatCheckpoint(checkpoint), text);
  assert.ok(parseCheckpoint(`go.sum database tree\n9007199254740991\n${ROOT}\n`).ok);
  assert.ok(parseCheckpoint(`o\n0\n${Buffer.from(EMPTY_ROOT).toString('base64')}\n`).ok);
});

test('refuses every other form of a checkpoint (checkpoint/malformed)', () => {
  const refused = [
    '',
    '\n',
    '\n\n\n',
    'o\n15\n',
    `o\n15\n${ROOT}\nx`,
    `o\n15\n${ROOT}`,
    `\n15\n${ROOT}\n`,
    `o\n\n${ROOT}\n`,
    `o\n015\n${ROOT}\n`,
    `o\n+15\n${ROOT}\n`,
    `o\n-1\n${ROOT}\n`,
    `o\n1e3\n${ROOT}\n`,
    `o\n 15\n${ROOT}\n`,
    `o\n15 \n${ROOT}\n`,
    `o\n0x1\n${ROOT}\n`,
    `o\n9007199254740992\n${ROOT}\n`,
    `o\n18446744073709551615\n${ROOT}\n`,
    `o\n0\n${ROOT}\n`,
    `o\n15\n${ROOT.slice(0, -4)}\n`,
    `o\n15\n${ROOT.replace('s=', 't=')}\n`,
    `o\n15\n${ROOT.replace('=', '')}\n`,
    `o\n15\n${ROOT}=\n`,
    `o\r\n15\r\n${ROOT}\r\n`,
    `o\t\n15\n${ROOT}\n`,
    `\ud800\n15\n${ROOT}\n`,
    `o\n15\n\n`,
    `o\n\u0661\n${ROOT}\n`,
  ];
  for (const text of refused) assert.equal(codeOf(parseCheckpoint(text)), 'checkpoint/malformed', JSON.stringify(text));
});

test('refuses extension lines (checkpoint/extension-line)', () => {
  for (const extension of ['x\n', '\n', 'x\ny\n']) {
    assert.equal(codeOf(parseCheckpoint(`o\n15\n${ROOT}\n${extension}`)), 'checkpoint/extension-line');
  }
});

test('refuses to write a checkpoint that it would not read', () => {
  const root = new Uint8Array(32);
  for (const change of [
    { origin: '' },
    { origin: 'a\nb' },
    { size: -1 },
    { size: 0.5 },
    { size: 2 ** 53 },
    { size: 0 },
    { root: root.slice(1) },
  ]) {
    assert.throws(() => formatCheckpoint({ origin: 'o', size: 1, root, ...change }), { name: 'InvariantError' });
  }
});

test('refuses a checkpoint that only another known key signed (checkpoint/origin-not-signed)', () => {
  const keys = [unwrap(parseVkey(SUMDB_VKEY))];
  assert.ok(openNote(SUMDB_NOTE, keys).ok);
  assert.equal(codeOf(openCheckpoint(SUMDB_NOTE, keys)), 'checkpoint/origin-not-signed');
});

test('passes on what is wrong with the note, and refuses a signed text that is no checkpoint', () => {
  const key = unwrap(parseVkey(SPECIFICATION_VKEY));
  assert.equal(codeOf(openCheckpoint(SUMDB_NOTE, [key])), 'note/no-known-signature');
  assert.equal(codeOf(openCheckpoint('', [key])), 'note/malformed');
  assert.equal(codeOf(openCheckpoint(SPECIFICATION_NOTE, [key])), 'checkpoint/malformed');
});

test('reads back every checkpoint it writes, and never throws on other text', () => {
  const roots = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const origins = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .map((text) => text.replaceAll(/\p{Cc}/gu, 'x'));
  const checkpoints = fc.record({
    origin: origins,
    size: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    root: roots,
  });
  fc.assert(
    fc.property(checkpoints, fc.string({ unit: 'binary' }), (checkpoint, text) => {
      const { origin, size, root } = unwrap(parseCheckpoint(formatCheckpoint(checkpoint)));
      assert.deepEqual({ origin, size, root: Uint8Array.from(root) }, { ...checkpoint });
      assert.equal(parseCheckpoint(text).ok, false);
    }),
    { numRuns: 300 },
  );
});

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.fault.code;
}

function unwrap<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : result.fault.code);
  return result.value;
}
