import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KINDS } from '../../src/core/entry/kinds.ts';
import { DRAFTS, FROM, HONEST, LOG, lineOf, SIZE, TO } from './every-kind.ts';
import { bySeq, edit, exportLines, linkLog, noteOf, shown, THIEF_KEYS } from './export-under-test.ts';

test('an export shows every entry between two places, wherever they are, and whether the period had ended', () => {
  for (let from = 0; from < SIZE; from += 1) {
    for (let to = from; to <= SIZE; to += 1) {
      const result = shown(exportLines(LOG, { period: bySeq(from, to === from ? to + 1 : to), from, to }));
      if (to === from) {
        // Nothing lies in a period of one seq only where the log ends before it.
        assert.equal(result, to === SIZE ? result : 'period/neighbour-inside');
        continue;
      }
      assert(typeof result !== 'string', `[${from}, ${to}): ${result}`);
      assert.deepEqual(result.seqs, { from, to });
      assert.equal(result.ended, true);
      assert.equal(
        Object.values(result.counts).reduce((sum, count) => sum + count, 0),
        to - from,
      );
    }
  }
});

test('a period that the log has not gone past is shown as not ended', () => {
  const time = { by: 'time', from: '2026-03-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' } as const;
  for (const period of [time, bySeq(0, SIZE + 1)]) {
    const result = shown(exportLines(LOG, { period, from: 0, to: SIZE }));
    assert(typeof result !== 'string' && !result.ended);
  }
});

test('whichever entry is withheld, of whatever kind, and however the rest is made to fit, the export is refused', () => {
  const withheld = new Set<string>();
  for (let seq = FROM; seq < TO; seq += 1) {
    const kind = DRAFTS[seq]?.proposal.kind ?? '';
    withheld.add(kind);
    // It is left out, and the count with it.
    const cut = HONEST.toSpliced(lineOf(seq), 1);
    cut[0] = edit(cut[0], (head) => Object.assign(head.seqs as object, { to: TO - 1 }));
    assert.equal(shown(cut), 'period/not-contiguous', kind);
    // The whole log is linked, hashed and numbered anew without it, under a checkpoint that the log signed.
    const forged = linkLog(DRAFTS.toSpliced(seq, 1));
    const places = { period: bySeq(FROM, TO - 1), from: FROM, to: TO - 1 };
    for (const note of [noteOf(LOG), noteOf(LOG, SIZE - 1)])
      assert.equal(shown(exportLines(forged, { ...places, note })), 'period/not-included', kind);
    // The same under a key of his own: refused by whoever brings the key of the log.
    const own = exportLines(forged, { ...places, note: noteOf(forged, SIZE - 1, 'thief') });
    assert.equal(shown(own), 'note/no-known-signature', kind);
  }
  const all = Object.keys(KINDS).filter((kind) => kind !== 'log.opened');
  assert.deepEqual([...withheld].sort(), all.sort());
});

test('no set of entries can be left out, swapped or shown twice (property)', () => {
  const places = fc.uniqueArray(fc.integer({ min: 1, max: HONEST.length - 2 }), { minLength: 1, maxLength: 4 });
  const changes = fc.constantFrom('drop', 'twice', 'swap');
  fc.assert(
    fc.property(places, changes, (chosen, change) => {
      const lines = [...HONEST];
      for (const place of chosen.toSorted((a, b) => b - a)) {
        if (change === 'drop') lines.splice(place, 1);
        else if (change === 'twice') lines.splice(place, 0, lines[place] ?? '');
        else lines.splice(place, 2, ...lines.slice(place, place + 2).reverse());
      }
      if (lines.join('') === HONEST.join('')) return;
      assert.equal(typeof shown(lines), 'string');
    }),
  );
});

test('an entry that was edited, or written anew in its place, is refused', () => {
  for (let seq = FROM; seq < TO; seq += 1) {
    const draft = DRAFTS[seq];
    assert(draft !== undefined);
    const principal = 'mallory';
    const forged = linkLog(DRAFTS.with(seq, { ...draft, proposal: { ...draft.proposal, principal } }));
    const whole = exportLines(forged, { period: bySeq(FROM, TO), from: FROM, to: TO, note: noteOf(LOG) });
    assert.equal(shown(whole), 'period/not-included');
    const spliced = HONEST.with(lineOf(seq), whole[lineOf(seq)] ?? '');
    assert.match(String(shown(spliced)), /^(?:entry\/link-broken|period\/not-included|payload\/commitment-wrong)$/);
  }
});

test('the tail cut off is no end, and an end of a smaller period does not fit (export/not-ended)', () => {
  for (let length = 1; length < HONEST.length; length += 1)
    assert.equal(shown(HONEST.slice(0, length)), 'export/not-ended');
  const smaller = exportLines(LOG, { period: bySeq(FROM, TO - 2), from: FROM, to: TO - 2 });
  const spliced = [...smaller.slice(0, -1)];
  spliced[0] = HONEST[0] ?? '';
  assert.equal(shown([...spliced, smaller.at(-1) ?? '']), 'period/neighbour-inside');
});

test('another period spliced in is refused by its places', () => {
  const other = exportLines(LOG, { period: bySeq(6, TO), from: 6, to: TO });
  assert.equal(shown([HONEST[0] ?? '', ...other.slice(1)]), 'period/not-contiguous');
  assert.equal(shown([other[0] ?? '', ...HONEST.slice(1)]), 'period/not-contiguous');
});

test('an export of another log, or signed by another key, is not of the log that the reader knows', () => {
  assert.equal(shown(HONEST, THIEF_KEYS), 'note/no-known-signature');
  const elsewhere = linkLog(DRAFTS, 'waybill-other');
  const lines = exportLines(elsewhere, { period: bySeq(3, 9), from: 3, to: 9, note: noteOf(LOG) });
  assert.equal(shown(lines), 'period/wrong-log');
});

test('each part of the first and of the last line is held to the others', () => {
  const last = HONEST.length - 1;
  const cases: readonly (readonly [string, number, (value: Record<string, unknown>) => void])[] = [
    ['export/counts-differ', 0, ({ seqs }) => Object.assign(seqs as object, { from: FROM - 1 })],
    ['export/counts-differ', 0, ({ seqs }) => Object.assign(seqs as object, { to: TO - 1 })],
    ['export/counts-differ', 0, ({ seqs }) => Object.assign(seqs as object, { to: TO + 1 })],
    ['export/malformed', 0, ({ seqs }) => Object.assign(seqs as object, { to: 1 })],
    ['period/entry-outside', 0, ({ period }) => Object.assign(period as object, { to: TO - 1 })],
    ['period/neighbour-inside', 0, ({ period }) => Object.assign(period as object, { to: TO + 1 })],
    ['period/neighbour-inside', 0, ({ period }) => Object.assign(period as object, { from: FROM - 1 })],
    [
      'period/neighbour-missing',
      0,
      (head) => {
        delete head.before;
        Object.assign(head.seqs as object, { from: 0 });
      },
    ],
    [
      'period/not-included',
      0,
      (head) => {
        head.left = [];
      },
    ],
    [
      'period/not-consistent',
      0,
      (head) => {
        head.consistency = [];
      },
    ],
    [
      'export/malformed',
      0,
      (head) => {
        delete head.consistency;
      },
    ],
    [
      'export/malformed',
      0,
      (head) => {
        head.type = 'waybill/export/v2';
      },
    ],
    [
      'export/malformed',
      0,
      (head) => {
        head.note = 'hello';
      },
    ],
    [
      'period/wrong-log',
      0,
      (head) => {
        head.logKey = `${head.logKey}=`;
      },
    ],
    [
      'note/bad-signature',
      0,
      (head) => {
        head.checkpoint = String(head.checkpoint).replace(/\n(\d)/, '\n1$1');
      },
    ],
    [
      'period/neighbour-missing',
      last,
      (end) => {
        delete end.after;
      },
    ],
    [
      'period/not-included',
      last,
      (end) => {
        end.right = [];
      },
    ],
    [
      'export/malformed',
      last,
      (end) => {
        end.whole = true;
      },
    ],
  ];
  assert.equal(typeof shown(HONEST), 'object');
  for (const [code, place, change] of cases)
    assert.equal(shown(HONEST.with(place, edit(HONEST[place], change))), code, `${code} ${change}`);
});

test('a document is the one that its entry commits to, with its salt', () => {
  const place = HONEST.findIndex((line) => line.startsWith('{"document"'));
  const line = HONEST[place];
  const other = HONEST.findLast((each) => each.startsWith('{"document"'));
  assert(place > 0 && line !== undefined && other !== undefined && other !== line);
  const theirs = (JSON.parse(other) as { document: { salt: string; bytes: string } }).document;
  const swap = (change: (document: Record<string, unknown>) => void) =>
    shown(
      HONEST.with(
        place,
        edit(line, ({ document }) => change(document as Record<string, unknown>)),
      ),
    );
  assert.equal(
    swap((document) => Object.assign(document, { salt: theirs.salt })),
    'payload/commitment-wrong',
  );
  assert.equal(
    swap((document) => Object.assign(document, theirs)),
    'payload/size-wrong',
  );
  assert.equal(
    swap((document) => delete document.salt),
    'export/malformed',
  );
  const none = HONEST.findIndex((each) => each.startsWith('{"entry"'));
  const added = edit(HONEST[none], (row) => Object.assign(row, { document: theirs }));
  assert.equal(shown(HONEST.with(none, added)), 'export/document-not-needed');
  // Withheld or erased, it is named as not shown.
  const bare = edit(line, (row) => delete row.document);
  const result = shown(HONEST.with(place, bare));
  assert(typeof result !== 'string');
  assert.deepEqual(result.absent, { count: 1, seqs: [FROM + place - 1] });
});
