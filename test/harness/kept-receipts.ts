import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { NoteKey } from '../../src/core/checkpoint/signed-note.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { readReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';

/** What must stand for ever of a receipt that was handed out: some 150 bytes of it. */
export type KeptReceipt = {
  readonly index: number;
  /** SHA-256 of the entry's exact bytes, hex. */
  readonly entrySha256: string;
  /** Of its checkpoint; the root in hex. */
  readonly size: number;
  readonly root: string;
};

/** What became of one submission, as its client saw it. */
export type Submitted = {
  /** What its entry is recognised by, as no other's; undefined where each request makes an entry of its own. */
  readonly trace: string | undefined;
  /** Of the answers that said it was recorded. More than one where the client asked again. */
  readonly receipts: readonly KeptReceipt[];
  /** Requests that failed, so that their outcome was not known. */
  readonly failures: number;
};

/** Verifies a receipt offline, under the log key that the client pinned, and keeps what the ledger must hold from then on. */
export function keepReceipt(receipt: Json | undefined, logKey: NoteKey): KeptReceipt {
  assert(receipt !== undefined, 'an answer that says recorded has a receipt');
  const read = readReceipt(receipt);
  assert(read.ok, JSON.stringify(read));
  const verified = verifyReceipt(read.value, [logKey]);
  assert(verified.ok, JSON.stringify(verified));
  const { size, root } = verified.value.checkpoint;
  const bytes = formatCanonicalJson(read.value.entry as unknown as Json);
  return {
    index: read.value.index,
    entrySha256: createHash('sha256').update(bytes).digest('hex'),
    size,
    root: Buffer.from(root).toString('hex'),
  };
}
