import { formatHex } from '../../src/core/encoding/hex.ts';
import type { Proposal } from '../../src/core/entry/entry.ts';
import { type ListHead, linkEntries, proposalKeys } from '../../src/core/entry/link.ts';
import { LedgerReplay } from '../../src/core/entry/replay.ts';
import { invariant } from '../../src/core/fault.ts';
import { LedgerMap } from '../../src/core/map/ledger-map.ts';
import { submissionOf } from './monitor-under-test.ts';

/** Lists that grow. */
const IMAGES = 100;
/** Entries of a batch, its commitment besides. */
const BATCH = 255;

/** The exact entries of a log that goes on after `leaves`, with attestations in batches, each linked and committed by `core`. */
export function continueLog(origin: string, leaves: readonly Uint8Array[], size: number): readonly Uint8Array[] {
  const replay = new LedgerReplay(origin);
  for (const leaf of leaves) replay.next(leaf);
  const lists = new Map(replay.state.lists);
  const map = new LedgerMap();
  for (const [key, head] of lists) map.takeList(key, head);
  let { last } = replay.state;
  const grown = [...leaves];
  const { proposal } = submissionOf(0);
  const link = (proposals: readonly Proposal[]) => {
    invariant(last !== undefined, 'a log that goes on has an entry');
    const heads = new Map<string, ListHead>();
    for (const key of proposals.flatMap(proposalKeys)) {
      const head = lists.get(key);
      if (head !== undefined) heads.set(key, head);
    }
    const before = { log: origin, size: grown.length, last };
    for (const { bytes, hash, entry } of linkEntries(before, heads, last.time, proposals)) {
      for (const { key, n } of entry.keys) lists.set(key, { n, seq: entry.seq, hash: formatHex(hash) });
      map.take({ keys: entry.keys, seq: entry.seq, hash: formatHex(hash) });
      grown.push(bytes);
      last = { hash: formatHex(hash), time: entry.time };
    }
  };
  while (grown.length < size) {
    const from = grown.length;
    link(
      Array.from({ length: BATCH }, (_, n) => ({
        ...proposal,
        body: { form: 'envelope' as const, subjects: [`sha256:${String((from + n) % IMAGES).padStart(64, '0')}`] },
      })),
    );
    const { keys, root } = map.commit();
    link([{ kind: 'map.committed', principal: 'service', body: { keys, root: formatHex(root) } }]);
  }
  return grown;
}
