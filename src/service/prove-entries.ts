import { formatHex } from '../core/encoding/hex.ts';
import { payloadCommitment } from '../core/entry/commitment.ts';
import { entryHash } from '../core/entry/entry.ts';
import { verifyInclusion } from '../core/merkle/inclusion.ts';
import { type LedgerStore, ServiceError, type StoredEntry, type StoredPayload } from './ports.ts';
import { readInclusionPaths } from './tree-proofs.ts';

/** Hashes kept of entries that were proved; an entry never changes, so that one proof is enough. */
const PROVED_MAX = 100_000;

const proved = new WeakMap<LedgerStore, Map<number, string>>();

/**
 * Holds entries to the tree before anybody is let in because of them: each must be a leaf under a head with our MAC.
 * Whoever writes to the database can make neither. Throws `head/not-ours`.
 */
export async function proveEntries(store: LedgerStore, entries: readonly StoredEntry[]): Promise<void> {
  const known = proved.get(store) ?? new Map<number, string>();
  proved.set(store, known);
  const hashes = entries.map(({ entry, bytes }) => ({ seq: entry.seq, hash: entryHash(bytes) }));
  const unproved = hashes.filter(({ seq, hash }) => known.get(seq) !== formatHex(hash));
  if (unproved.length === 0) return;
  const { frontier, root } = await store.head();
  const { size } = frontier;
  if (unproved.some(({ seq }) => seq >= size)) throw notOurs('An entry stands beyond the head.');
  const indexes = unproved.map(({ seq }) => seq);
  const paths = await readInclusionPaths(store, indexes, size);
  if (known.size + unproved.length > PROVED_MAX) known.clear();
  for (const { seq, hash } of unproved) {
    const included = verifyInclusion({ index: seq, size, leafHash: hash, path: paths.get(seq) ?? [], root });
    if (!included.ok) throw notOurs(`Entry ${seq} as stored is not the one that was sequenced.`);
    known.set(seq, formatHex(hash));
  }
}

/** Holds a payload to the commitment of its entry. Throws `head/not-ours`. */
export function provePayload({ entry }: Pick<StoredEntry, 'entry'>, payload: StoredPayload): StoredPayload {
  if (payloadCommitment(payload.salt, payload.bytes) === entry.payload?.commitment) return payload;
  throw notOurs(`The payload of entry ${entry.seq} as stored is not the one that it commits to.`);
}

function notOurs(message: string): ServiceError {
  return new ServiceError({ code: 'head/not-ours', message });
}
