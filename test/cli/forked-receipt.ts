import assert from 'node:assert/strict';
import { formatCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { formatNote } from '../../src/core/checkpoint/signed-note.ts';
import { entryHash, formatEntry, parseEntry } from '../../src/core/entry/entry.ts';
import { inclusionPath, rootOf } from '../../src/core/merkle/tree.ts';
import { formatReceipt } from '../../src/core/receipt/receipt.ts';
import type { ServiceUnderTest } from '../harness/service-under-test.ts';

/** A receipt that the log's own key signed over another history: one in which the entry at `seq` was written at another time. */
export async function forkedReceipt({ context, keys }: ServiceUnderTest, seq: number): Promise<string> {
  const { origin } = context.store;
  const rows = await context.store.entryRange(0, seq + 1);
  const leaves = rows.map(({ entry, bytes }) =>
    entry.seq === seq ? formatEntry({ ...entry, time: '2998-01-01T00:00:00.000Z' }) : bytes,
  );
  const hashes = leaves.map(entryHash);
  const checkpoint = formatCheckpoint({ origin, size: hashes.length, root: rootOf(hashes) });
  const entry = parseEntry(leaves[seq] ?? new Uint8Array());
  assert(entry.ok);
  const signer = keys.logSigner(origin);
  return formatReceipt({
    entry: entry.value,
    index: seq,
    path: inclusionPath(hashes, seq),
    checkpoint: formatNote(checkpoint, [signer]),
    logKey: signer.vkey,
    ...(entry.value.payload === undefined ? {} : { salt: new Uint8Array(32) }),
  });
}
