import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { verifyCompleteness } from '../../src/core/completeness/verify-completeness.ts';
import { viewOfEvidence } from '../../src/core/custody/contradiction.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { parseEntry } from '../../src/core/entry/entry.ts';
import { verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { custodyLedger, QUESTION } from './custody-under-test.ts';
import { announced, knows, rotated, rotateLogKey, trustList } from './log-key-under-test.ts';
import { verifyPast } from './past-under-test.ts';
import { assertFound, assertPasses, findings, verify } from './verify-under-test.ts';

const byBoth = { signedBy: ['log', 'next'] };
const byNext = { signedBy: ['next'] };

test('what was signed before a rotation verifies under the old key alone, and under both with their sizes', () => {
  const { ledger, before, retired } = rotated();
  assertPasses(verify(ledger, { size: before }));
  assertPasses(verify(ledger, { size: before, trust: knows(ledger, { log: { toSize: retired }, next: {} }) }));
});

test('between the two entries both keys sign, and either alone is enough for a reader', () => {
  const { ledger, overlap } = rotated();
  const under = { size: overlap, ...byBoth };
  for (const keys of [{ log: {} }, { next: {} }, { log: {}, next: {} }])
    assertPasses(verify(ledger, { ...under, trust: knows(ledger, keys) }));
  assertPasses(verify(ledger, { size: overlap }));
});

test('what the new key alone signed verifies under the old one, which vouches for it in the log', () => {
  const { ledger, retired, announced } = rotated();
  const result = verify(ledger, { ...byNext });
  assertPasses(result);
  assert(result.assurances.pinned);
  const held = result.checks.filter(({ code }) => code === 'log/rotation' || code === 'checkpoint/log-key');
  assert.deepEqual(
    held.map(({ code, outcome, seq }) => [code, outcome, seq]),
    [
      ['log/rotation', 'pass', announced],
      ['log/rotation', 'pass', retired],
      ['checkpoint/log-key', 'pass', undefined],
    ],
  );
  assertPasses(verify(ledger, { ...byNext, trust: knows(ledger, { next: {} }) }));
  assertPasses(verify(ledger, { ...byNext, trust: knows(ledger, { log: { toSize: retired }, next: {} }) }));
});

test('a key whose sizes the reader limits vouches for none (note/no-known-signature)', () => {
  const { ledger, retired } = rotated();
  const result = verify(ledger, { ...byNext, trust: knows(ledger, { log: { toSize: retired } }) });
  assertFound(result, 'fail', 'checkpoint/signature', 'note/no-known-signature');
});

test('what a reader says of the sizes of a key stands, whoever vouches for it (checkpoint/log-key-differs)', () => {
  const { ledger, before, retired } = rotated();
  for (const next of [{ toSize: before }, { fromSize: 1_000_000 }])
    assertFound(
      verify(ledger, { ...byNext, trust: knows(ledger, { log: {}, next }) }),
      'fail',
      'checkpoint/signature',
      'checkpoint/log-key-differs',
    );
  // Nor is a key that has ended opened again by the one that followed it.
  const ended = { signedBy: ['log'], trust: knows(ledger, { log: { toSize: retired }, next: {} }) };
  assertFound(verify(ledger, ended), 'fail', 'checkpoint/signature', 'checkpoint/log-key-differs');
});

test('the retired key alone does not sign for a size beyond its end (checkpoint/log-key-retired)', () => {
  const { ledger, retired } = rotated();
  for (const trust of [knows(ledger, { log: {} }), knows(ledger, { log: {}, next: {} }), 'none'] as const)
    assertFound(verify(ledger, { trust }), 'fail', 'checkpoint/log-key', 'checkpoint/log-key-retired');
  const ranged = verify(ledger, { trust: knows(ledger, { log: { toSize: retired }, next: {} }) });
  assertFound(ranged, 'fail', 'checkpoint/signature', 'checkpoint/log-key-differs');
  // Beside the key in force it does no harm: a replica that was not started again goes on to add it.
  assertPasses(verify(ledger, byBoth));
});

test('the new key signs states of before once more, and what is asked about them holds', () => {
  const { ledger, before } = rotated();
  for (const trust of [knows(ledger, { log: {} }), knows(ledger, { next: {} })])
    for (const view of ['then', 'now'] as const) {
      const result = verifyPast(ledger, before, view, { ...byNext, trust });
      assert.equal(result.verdict, 'pass', findings(result).join('\n'));
    }
});

test('a key that the log never named signs nothing for it (checkpoint/log-key-not-in-log)', () => {
  const { ledger } = rotated();
  const result = verify(ledger, { signedBy: ['stranger'], trust: knows(ledger, { stranger: {} }) });
  assertFound(result, 'fail', 'checkpoint/log-key', 'checkpoint/log-key-not-in-log');
  assertFound(result, 'fail', 'origin', 'checkpoint/log-key-not-in-log');
});

test('a rotation that one of its keys did not sign has no effect (rotation/not-signed)', () => {
  for (const signedBy of [
    ['stranger', 'next'],
    ['log', 'stranger'],
    ['next', 'log'],
  ]) {
    const ledger = announced({ signedBy });
    assertFound(verify(ledger), 'fail', 'log/rotation', 'rotation/not-signed');
    assertFound(verify(ledger, byNext), 'fail', 'checkpoint/signature', 'note/no-known-signature');
    const under = verify(ledger, { ...byNext, trust: knows(ledger, { next: {} }) });
    assertFound(under, 'fail', 'checkpoint/log-key', 'checkpoint/log-key-not-in-log');
  }
});

test('a rotation is signed for its log, its place and its keys (rotation/not-signed)', () => {
  const changes: readonly ((text: string) => string)[] = [
    (text) => text.replace('v1', 'v2'),
    (text) => text.replace('waybill-0123', 'waybill-9123'),
    (text) => text.replace('\n2 ', '\n3 '),
    (text) => text.replace(/\n2 [0-9a-f]/, (place) => (place.endsWith('0') ? '\n2 1' : '\n2 0')),
    (text) => text.replace('from ', 'to '),
    (text) => text.trimEnd(),
  ];
  for (const text of changes) assertFound(verify(announced({ text })), 'fail', 'log/rotation', 'rotation/not-signed');
});

test('a rotation that is used at a second place has no effect (rotation/not-signed)', () => {
  const ledger = custodyLedger();
  const first = rotateLogKey(ledger, ['log'], ['log', 'next']);
  rotateLogKey(ledger, ['log', 'next'], ['log']);
  const { body } = ledger.entry(first);
  ledger.append({ kind: 'log-key.rotated', principal: 'service', body });
  assertFound(verify(ledger), 'fail', 'log/rotation', 'rotation/not-signed');
});

test('a rotation of other keys than those in force has no effect (rotation/not-in-force)', () => {
  const stray = announced({}, { from: ['other'], to: ['other', 'next'] });
  assertFound(verify(stray), 'fail', 'log/rotation', 'rotation/not-in-force');
  const { ledger } = rotated();
  rotateLogKey(ledger, ['log', 'next'], ['log']);
  assertFound(verify(ledger, byNext), 'fail', 'log/rotation', 'rotation/not-in-force');
  const back = rotated().ledger;
  rotateLogKey(back, ['next'], ['next', 'log']);
  assertFound(verify(back, byNext), 'fail', 'log/rotation', 'rotation/not-in-force');
});

test('a rotation names keys of its own log, that sign notes (rotation/malformed)', () => {
  const elsewhere = custodyLedger({ origin: 'waybill-another' });
  for (const vkey of ['no key', elsewhere.vkeyOf('next')]) {
    const ledger = announced({
      entry: {
        alter: (linked) => ({
          ...linked,
          body: {
            previousLogKeys: [ledgerKey],
            logKeys: [ledgerKey, vkey],
            signatures: Array.from({ length: 2 }, () => `${'A'.repeat(86)}==`),
          },
        }),
      },
    });
    assertFound(verify(ledger), 'fail', 'log/rotation', 'rotation/malformed');
  }
});
const ledgerKey = custodyLedger().vkey;

test('the body keeps a key, changes something, and has its keys and signatures in order (entry/body-malformed)', () => {
  const { ledger, announced: seq } = rotated();
  const entry = ledger.entry(seq);
  const [a = '', b = '', c = ''] = ['log', 'next', 'third'].map((name) => ledger.vkeyOf(name));
  const sig = `${'A'.repeat(86)}==`;
  const parsed = (previousLogKeys: Json, logKeys: Json, signatures: Json) => {
    const changed = { ...entry, body: { previousLogKeys, logKeys, signatures } };
    const read = parseEntry(encodeUtf8(formatCanonicalJson(changed as unknown as Json)));
    return read.ok ? 'ok' : read.fault.code;
  };
  assert.equal(parsed([a], [a, b], [sig, sig]), 'ok');
  assert.equal(parsed([a, b], [b], [sig, sig]), 'ok');
  assert.equal(parsed([a, b], [a, c], [sig, sig, sig]), 'ok');
  const refused: readonly (readonly [Json, Json, Json])[] = [
    [[a], [b], [sig, sig]],
    [[a], [a], [sig]],
    [[a], [b, a], [sig, sig]],
    [
      [a, b],
      [b, a],
      [sig, sig],
    ],
    [[a], [a, b], [sig]],
    [[a], [a, b], [sig, sig, sig]],
    [[a], [a, a], [sig, sig]],
    [[a], [a, b, c], [sig, sig, sig]],
    [[], [a], [sig]],
    [[a], [a, b], [sig, sig.slice(1)]],
  ];
  for (const [previous, next, signatures] of refused)
    assert.equal(parsed(previous, next, signatures), 'entry/body-malformed', JSON.stringify([previous, next]));
});

test('where the list trust is not whole, no key is known to count (custody/blocked)', () => {
  const { ledger, retired } = rotated();
  const result = verify(ledger, { ...byNext, without: [retired] });
  assertFound(result, 'fail', 'checkpoint/log-key', 'custody/blocked');
});

test('a receipt shows no list: it verifies under a key that signed it, and under no other (note/no-known-signature)', () => {
  const { ledger } = rotated();
  const keysOf = (...names: string[]) =>
    names.flatMap((name) => {
      const key = parseVkey(ledger.vkeyOf(name));
      return key.ok ? [key.value] : [];
    });
  const late = {
    ...ledger.receipt(8),
    checkpoint: ledger.checkpoint(ledger.size, 'next'),
    logKey: ledger.vkeyOf('next'),
  };
  assert(verifyReceipt(late, keysOf('next')).ok);
  assert(verifyReceipt(late, keysOf('log', 'next')).ok);
  const old = verifyReceipt(late, keysOf('log'));
  assert.equal(old.ok ? '' : old.fault.code, 'note/no-known-signature');
});

test('evidence under a key that is vouched for is held against receipts', () => {
  const { ledger } = rotated();
  const evidence = parseEvidence(ledger.evidenceBytes(QUESTION, byNext));
  const key = parseVkey(ledger.vkey);
  assert(evidence.ok && key.ok);
  assert(viewOfEvidence(evidence.value, [key.value]).ok);
});

test('the completeness proof of trust leads a reader of the old key to the new one, and convicts the retired', () => {
  const { ledger } = rotated();
  const held = verifyCompleteness(trustList(ledger, 'next'), knows(ledger, { log: {} }), ledger.time);
  assert(held.holds, findings(held).join('\n'));
  const late = verifyCompleteness(trustList(ledger, 'log'), knows(ledger, { log: {} }), ledger.time);
  assert(!late.holds);
  assert.deepEqual(findings(late), ['fail checkpoint/log-key checkpoint/log-key-retired']);
});
