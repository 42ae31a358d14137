import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type NoteKey, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { parseTlogProof, verifyTlogProof } from '../../src/core/checkpoint/tlog-proof.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { entryHash } from '../../src/core/entry/entry.ts';
import {
  formatReceipt,
  parseReceipt,
  type Receipt,
  receiptJson,
  receiptTlogProof,
  verifyReceipt,
} from '../../src/core/receipt/receipt.ts';
import { attest, custodyLedger } from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { canonical } from '../entry/sample-entries.ts';

const ledger = custodyLedger();
const SEQ = attest(ledger, { stage: 'lint' });
const PAYLOAD = ledger.payload(SEQ) ?? new Uint8Array();
const RECEIPT = ledger.receipt(SEQ);
const KEYS = keysOf(ledger.vkey);

function keysOf(...vkeys: readonly string[]): readonly NoteKey[] {
  return vkeys.map((vkey) => {
    const key = parseVkey(vkey);
    assert(key.ok);
    return key.value;
  });
}

function bytesOf(receipt: Receipt): Uint8Array {
  return new TextEncoder().encode(formatReceipt(receipt));
}

/** Code of the first fault that a reader with the log key and the payload meets. */
function codeOf(bytes: Uint8Array, keys = KEYS, payload: Uint8Array | null = PAYLOAD): string {
  const parsed = parseReceipt(bytes);
  if (!parsed.ok) return parsed.fault.code;
  const verified = verifyReceipt(parsed.value, keys, payload ?? undefined);
  return verified.ok ? 'verified' : verified.fault.code;
}

function changed(change: Partial<Receipt>, from: LedgerUnderTest = ledger): string {
  return codeOf(bytesOf({ ...from.receipt(SEQ), ...change }));
}

describe('parseReceipt', () => {
  test('reads what formatReceipt writes, byte for byte', () => {
    const parsed = parseReceipt(bytesOf(RECEIPT));
    assert(parsed.ok);
    assert.deepEqual(parsed.value, RECEIPT);
    assert.equal(formatReceipt(parsed.value), formatReceipt(RECEIPT));
  });
  test('refuses another spelling, an unknown member and a missing one (receipt/malformed)', () => {
    const document = receiptJson(RECEIPT) as Record<string, Json>;
    assert.equal(codeOf(new TextEncoder().encode(JSON.stringify(document, null, 1))), 'receipt/malformed');
    assert.equal(codeOf(canonical({ ...document, extra: 1 })), 'receipt/malformed');
    assert.equal(codeOf(canonical({ ...document, type: 'waybill/receipt/v1' })), 'receipt/malformed');
    for (const member of ['type', 'entry', 'index', 'path', 'checkpoint', 'logKey']) {
      const { [member]: _left, ...rest } = document;
      assert.equal(codeOf(canonical(rest)), 'receipt/malformed', member);
    }
  });
  test('refuses hashes and salts of another length than 32 bytes (receipt/malformed)', () => {
    assert.equal(changed({ path: [new Uint8Array(31)] }), 'receipt/malformed');
    assert.equal(changed({ salt: new Uint8Array(33) }), 'receipt/malformed');
  });
  test('refuses a salt where the entry has no payload (receipt/malformed)', () => {
    assert.equal(codeOf(bytesOf({ ...ledger.receipt(0), salt: new Uint8Array(32) })), 'receipt/malformed');
  });
  test('refuses an entry that is none (entry/malformed)', () => {
    const document = receiptJson(RECEIPT) as Record<string, Json>;
    assert.equal(codeOf(canonical({ ...document, entry: { v: 1 } })), 'entry/malformed');
  });
});

describe('verifyReceipt', () => {
  test('verifies every entry of a ledger, with and without its payload', () => {
    for (let seq = 0; seq < ledger.size; seq += 1) {
      const bytes = bytesOf(ledger.receipt(seq));
      assert.equal(codeOf(bytes, KEYS, ledger.payload(seq) ?? null), 'verified', String(seq));
      const parsed = parseReceipt(bytes);
      assert(parsed.ok && verifyReceipt(parsed.value, KEYS).ok);
    }
  });
  test('refuses a checkpoint of a key that the reader does not know (note/no-known-signature)', () => {
    assert.equal(codeOf(bytesOf(RECEIPT), keysOf(ledger.vkeyOf('stranger'))), 'note/no-known-signature');
  });
  test('refuses a receipt that names another key than the one that signed (receipt/wrong-origin)', () => {
    const keys = keysOf(ledger.vkey, ledger.vkeyOf('stranger'));
    assert.equal(codeOf(bytesOf({ ...RECEIPT, logKey: ledger.vkeyOf('stranger') }), keys), 'receipt/wrong-origin');
  });
  test('refuses an entry under the checkpoint of another log (receipt/wrong-origin)', () => {
    const other = custodyLedger({ origin: 'waybill-fedcba9876543210', secret: 'other' });
    attest(other, { stage: 'lint' });
    const borrowed = { ...RECEIPT, checkpoint: other.checkpoint(), logKey: other.vkey };
    assert.equal(codeOf(bytesOf(borrowed), keysOf(other.vkey)), 'receipt/wrong-origin');
  });
  test('refuses an index that is not the seq (receipt/wrong-index)', () => {
    assert.equal(changed({ index: SEQ - 1 }), 'receipt/wrong-index');
  });
  test('refuses an edited entry, a shorter path and another entry’s path (receipt/not-included)', () => {
    assert.equal(changed({ entry: { ...RECEIPT.entry, stage: 'scan' } }), 'receipt/not-included');
    assert.equal(changed({ path: RECEIPT.path.slice(1) }), 'receipt/not-included');
    assert.equal(changed({ path: ledger.receipt(SEQ - 1).path }), 'receipt/not-included');
  });
  test('refuses a tree too small to hold the entry (receipt/not-included)', () => {
    assert.equal(changed({ checkpoint: ledger.checkpoint(SEQ) }), 'receipt/not-included');
  });
  test('refuses another payload, and a salt that does not open the commitment', () => {
    const flipped = PAYLOAD.slice();
    flipped[0] = (flipped[0] ?? 0) ^ 1;
    assert.equal(codeOf(bytesOf(RECEIPT), KEYS, flipped), 'payload/commitment-wrong');
    assert.equal(codeOf(bytesOf(RECEIPT), KEYS, PAYLOAD.slice(1)), 'payload/size-wrong');
    assert.equal(changed({ salt: new Uint8Array(32) }), 'payload/commitment-wrong');
    const { salt: _left, ...unsalted } = RECEIPT;
    assert.equal(codeOf(bytesOf(unsalted)), 'payload/commitment-wrong');
  });
  test('refuses a payload for an entry that has none (payload/size-wrong)', () => {
    assert.equal(codeOf(bytesOf(ledger.receipt(0)), KEYS, new Uint8Array(1)), 'payload/size-wrong');
  });
});

test('every single bit of a receipt counts, the payload given', () => {
  const bytes = bytesOf(RECEIPT);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.notEqual(codeOf(flipped), 'verified', `bit ${bit}`);
  }
});

test('without the payload, the digits of the salt are all that can change unseen', () => {
  const text = formatReceipt(RECEIPT);
  const start = text.indexOf('"salt":"') + '"salt":"'.length;
  const bytes = bytesOf(RECEIPT);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const parsed = parseReceipt(flipped);
    const verified = parsed.ok && verifyReceipt(parsed.value, KEYS).ok;
    // No receipt of this test holds a character of two bytes before the salt but the note's dash.
    const offset = new TextDecoder().decode(bytes.slice(0, bit >> 3)).length;
    assert(!verified || (offset >= start && offset < start + 44), `bit ${bit}`);
  }
});

test('bytes that were cut, joined or overwritten never make parseReceipt throw', () => {
  const bytes = bytesOf(RECEIPT);
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.nat(bytes.length), fc.uint8Array({ maxLength: 8 }), (from, to, filling) => {
      const [start, end] = from < to ? [from, to] : [to, from];
      parseReceipt(new Uint8Array([...bytes.slice(0, start), ...filling, ...bytes.slice(end)]));
    }),
    { numRuns: 300, seed: 2 },
  );
});

test('receiptTlogProof is a C2SP proof of the same leaf under the same checkpoint', () => {
  const proof = parseTlogProof(receiptTlogProof(RECEIPT));
  assert(proof.ok);
  assert(verifyTlogProof(proof.value, entryHash(canonical(RECEIPT.entry)), KEYS).ok);
  assert.equal(proof.value.index, SEQ);
});
