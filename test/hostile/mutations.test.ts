import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/encoding/json.ts';
import { CONTROLLED_EVIDENCE } from './controlled-evidence.ts';
import { DUAL_EVIDENCE } from './dual-evidence.ts';
import { elementChanges } from './element-changes.ts';
import { FOREIGN_EVIDENCE } from './foreign-evidence.ts';
import { pick } from './mutate.ts';
import { assertHonest, MUTATED_DOCUMENTS, MUTATED_EVIDENCE, type MutatedDocument } from './mutated-documents.ts';
import { changeLengths, flipBits, honestView, judgeElementChange, offsetsOf } from './mutation-runs.ts';
import { ROTATED_EVIDENCE } from './rotated-evidence.ts';
import { seededRandom } from './seeded-random.ts';

/** Offsets outside of what the spec lists, at which a change showed nowhere. */
function unlisted(document: MutatedDocument, open: ReadonlySet<number>): readonly number[] {
  const listed = offsetsOf(document.open);
  return [...open].filter((at) => !listed.includes(at));
}

const [small = [], large = []] = [
  MUTATED_DOCUMENTS.filter(({ bytes }) => bytes.length < 600),
  [
    ...MUTATED_DOCUMENTS.filter(({ bytes }) => bytes.length >= 600),
    ...MUTATED_EVIDENCE,
    CONTROLLED_EVIDENCE,
    DUAL_EVIDENCE,
    ROTATED_EVIDENCE,
  ],
];

test('the evidence that the mutations begin with passes', assertHonest);

for (const document of small) {
  test(`${document.name}: the bytes whose change shows nowhere are exactly those that the spec lists`, () => {
    const { open } = flipBits(document, Array(document.bytes.length * 8).keys());
    assert.deepEqual(
      [...open].sort((a, b) => a - b),
      offsetsOf(document.open),
    );
  });
}

for (const document of large) {
  test(`${document.name}: a sample of its bits, each flipped, restored, and refused or seen`, () => {
    const random = seededRandom(11);
    const sample = Array.from({ length: 250 }, () => Math.floor(random() * document.bytes.length * 8));
    const flipped = flipBits(document, sample);
    assert.deepEqual(unlisted(document, flipped.open), []);
    assert(flipped.refused > 0);
    const offsets = sample.slice(0, 50).map((bit) => bit >> 3);
    changeLengths(document, offsets, () => 0x20 + Math.floor(random() * 0x5f));
  });
}

test('a sample of the elements of evidence, left out, repeated, moved or replaced, is refused or fails', () => {
  const [document] = MUTATED_EVIDENCE;
  assert(document !== undefined);
  const honest = honestView(document);
  const { sha256: _restored, ...parsed } = JSON.parse(Buffer.from(document.bytes).toString()) as JsonObject;
  const all = [...elementChanges(parsed, FOREIGN_EVIDENCE)];
  assert(all.length > 500);
  const random = seededRandom(5);
  for (let tried = 0; tried < 150; tried += 1) {
    judgeElementChange(document, honest, pick(random, all));
  }
});

test('whichever document is left out, evidence is refused or fails, but for a contract that was replaced', () => {
  for (const document of MUTATED_EVIDENCE) {
    const honest = honestView(document);
    const { sha256: _restored, ...parsed } = JSON.parse(Buffer.from(document.bytes).toString()) as JsonObject;
    const changes = [...elementChanges(parsed, FOREIGN_EVIDENCE)].filter(({ what }) =>
      /^\/payloads\/\d+ left out$/.test(what),
    );
    assert(changes.length >= 10);
    for (const change of changes) judgeElementChange(document, honest, change);
    if (document.replaced === undefined) continue;
    // Where the reader may be shown less, they are shown exactly that: a stricter expectation finds it.
    const { replaced: _none, ...strict } = document;
    assert.throws(() => {
      for (const change of changes) judgeElementChange(strict, honest, change);
    }, /shows something else: \/payloads\/\d+ left out/);
  }
});

test('a byte that nothing checks is found, and so is one that shows something else', () => {
  const bytes = Buffer.from('checked|free|shown');
  const judge = (given: Uint8Array) => {
    const [checked, , shown] = Buffer.from(given).toString('latin1').split('|');
    return checked === 'checked' ? { shown } : undefined;
  };
  const document: MutatedDocument = { name: 'planted', bytes, restore: (given) => given, judge, open: [] };
  const bitsOf = (text: string) => Array.from({ length: text.length * 8 }, (_, bit) => bytes.indexOf(text) * 8 + bit);
  assert.equal(flipBits(document, bitsOf('checked')).open.size, 0);
  assert.deepEqual(unlisted(document, flipBits(document, bitsOf('free')).open), [8, 9, 10, 11]);
  assert.throws(() => flipBits(document, bitsOf('shown')), /planted shows something else: at 13/);
});
