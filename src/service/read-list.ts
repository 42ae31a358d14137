import type { Entry } from '../core/entry/entry.ts';
import { type LedgerStore, ServiceError, type StoredPayload } from './ports.ts';
import { proveEntries, provePayload } from './prove-entries.ts';
import { requireMapped } from './require-mapped.ts';

/** One entry of a list with its payload; the payload is absent where the entry has none or it was erased. */
export type ListedEntry = { readonly entry: Entry; readonly payload?: StoredPayload };

/**
 * The whole list of each key under the newest head, in order, with payloads: what callers are let in by. The map of that
 * head says where each list ends, every entry is proved to be in the tree, and every payload to be the one that its entry
 * commits to; the projection only says where to look. Lists of trust are short; activity is never read like this.
 * Throws `database/projection-differs` where one was cut off in the database, also before this process began.
 */
export async function readWholeLists(
  store: LedgerStore,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly ListedEntry[]>> {
  if (keys.length === 0) return new Map();
  const { head, lists: mapped } = await store.mapProofs(keys);
  const lists = await store.lists(keys, head.frontier.size);
  for (const [key, members] of lists) requireMapped(key, members, mapped.get(key));
  const seqs = [...new Set([...lists.values()].flat())];
  const stored = await store.entries(seqs);
  await proveEntries(store, stored);
  const entries = new Map(stored.map(({ entry }) => [entry.seq, entry]));
  const commitments = [...entries.values()].flatMap(({ payload }) =>
    payload === undefined ? [] : [payload.commitment],
  );
  const payloads = await store.payloads(commitments);
  return new Map(
    [...lists].map(([key, members]) => [
      key,
      members.map((seq, index) => {
        const entry = entries.get(seq);
        if (entry === undefined || entry.keys.find((link) => link.key === key)?.n !== index + 1) {
          throw new ServiceError({
            code: 'head/not-ours',
            message: `The list ${key} is not what its entries say: run waybill rebuild.`,
          });
        }
        const payload = entry.payload === undefined ? undefined : payloads.get(entry.payload.commitment);
        return { entry, ...(payload === undefined ? {} : { payload: provePayload({ entry }, payload) }) };
      }),
    ]),
  );
}

/** The whole list of one key. */
export async function readWholeList(store: LedgerStore, key: string): Promise<readonly ListedEntry[]> {
  return (await readWholeLists(store, [key])).get(key) ?? [];
}

/** The document of an entry whose kind is never erased. Throws `head/not-ours` where somebody took it away. */
export function requireDocument({ entry, payload }: ListedEntry): Uint8Array {
  if (payload !== undefined) return payload.bytes;
  throw new ServiceError({ code: 'head/not-ours', message: `The document of entry ${entry.seq} is missing.` });
}
