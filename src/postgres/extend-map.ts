import { formatHex } from '../core/encoding/hex.ts';
import type { MapCommitted } from '../core/entry/kinds/map-committed.ts';
import { type LinkedEntry, type ListHead, linkEntries, proposalKeys } from '../core/entry/link.ts';
import { type Fault, invariant } from '../core/fault.ts';
import { bucketOf } from '../core/map/bucket-tree.ts';
import { mapChanges } from '../core/map/ledger-map.ts';
import { mapKey, parseMapValue } from '../core/map/map-key.ts';
import { getFromMap, type MapNode } from '../core/map/map-trie.ts';
import { SERVICE_PRINCIPAL } from '../core/trust/grant-document.ts';
import type { StoredHead, Submission } from '../service/ports.ts';
import type { RunStatement } from './ledger-transaction.ts';
import { differs, type GrownMap, type MapMemory } from './map-memory.ts';
import { type MapDelta, type PageRow, readBuckets, readDeltas, readPages } from './map-pages.ts';
import type { LockedState } from './read-under-lock.ts';

/** What was read of the map beside the head, before it was known which one that is; and the lists that it is about. */
export type MapNews = {
  /** Map keys by the name of their list. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly deltas: readonly MapDelta[];
  readonly pages: ReadonlyMap<number, PageRow>;
};

/** The tries of all buckets that a batch concerns, by their number; those without keys are left out. */
export type Tries = ReadonlyMap<number, MapNode>;

/**
 * Reads, in the flight that reads the head, what other replicas changed since the memory's head, and the pages of the lists
 * that the submissions are filed under or rest on, as far as they are not remembered.
 */
export async function readMapNews(
  run: RunStatement,
  memory: MapMemory,
  submissions: readonly Submission[],
): Promise<MapNews> {
  const names = submissions.flatMap(({ proposal, restsOn }) => [
    ...proposalKeys(proposal),
    ...restsOn.map(({ key }) => key),
  ]);
  const keys = new Map([...new Set(names)].map((name) => [name, mapKey(name)]));
  if (memory.head === undefined) return { keys, deltas: [], pages: new Map() };
  const expected = memory.hashes([...keys.values()].map(bucketOf));
  const { missing } = memory.tries(expected, new Map());
  const [deltas, pages] = await Promise.all([readDeltas(run, memory.head.frontier.size), readPages(run, missing)]);
  return { keys, deltas, pages };
}

/**
 * Brings the memory to the head that is locked, and gives the buckets that the batch concerns. One more round trip only where
 * another replica moved a page that is needed, or the memory is too far behind. `map/page-differs` where what is stored
 * is not the map of the head: nothing is built on it.
 */
export async function readTries(
  run: RunStatement,
  memory: MapMemory,
  head: StoredHead,
  { keys, deltas, pages }: MapNews,
): Promise<Tries> {
  if (!memory.follow(head, deltas)) {
    memory.forget();
    memory.load(head, await readBuckets(run));
  }
  const expected = memory.hashes([...keys.values()].map(bucketOf));
  const { tries, missing } = memory.tries(expected, pages);
  if (missing.length === 0) return tries;
  // Another replica has written these since they were remembered, or nothing was remembered when the pages were read.
  const rest = new Map([...expected].filter(([bucket]) => !tries.has(bucket)));
  const again = memory.tries(rest, await readPages(run, missing));
  if (again.missing.length > 0) throw differs(`The page of bucket ${again.missing[0]} is not the one committed to.`);
  return new Map([...tries, ...again.tries]);
}

/**
 * The lists whose end, as the projection has it, is not the one that the map commits to: one that was cut off, whenever that
 * was, is neither linked to nor rested on.
 */
export function findUnmapped(
  { keys }: MapNews,
  tries: Tries,
  heads: ReadonlyMap<string, ListHead>,
): ReadonlyMap<string, Fault> {
  const unmapped = new Map<string, Fault>();
  for (const [name, key] of keys) {
    const bytes = getFromMap(tries.get(bucketOf(key)), key);
    const said = bytes === undefined ? undefined : parseMapValue(bytes);
    const head = heads.get(name);
    if (said === undefined && head === undefined) continue;
    const { n, seq, hash } = said?.ok === true ? said.value : { n: 0, seq: 0, hash: new Uint8Array() };
    if (n === head?.n && seq === head.seq && formatHex(hash) === head.hash) continue;
    const message = `The list ${name} ends with number ${head?.n ?? 0}, and the map says ${n}: run waybill rebuild.`;
    unmapped.set(name, { code: 'database/projection-differs', message });
  }
  return unmapped;
}

/** The `map.committed` that ends a batch of these entries, and the map that it commits to. */
export function commitMap(
  memory: MapMemory,
  { head, mapKeys }: LockedState,
  tries: Tries,
  batch: { readonly linked: readonly LinkedEntry[]; readonly before: { readonly hash: string; readonly time: string } },
): { readonly entry: LinkedEntry; readonly map: GrownMap } {
  const sources = batch.linked.map(({ entry, hash }) => ({ keys: entry.keys, seq: entry.seq, hash: formatHex(hash) }));
  const changes = mapChanges(sources);
  const map = memory.grow(changes, tries);
  const body: MapCommitted = { keys: mapKeys + changes.added, root: formatHex(map.root) };
  const [entry] = linkEntries(
    { log: head.origin, size: head.frontier.size + batch.linked.length, last: batch.before },
    new Map(),
    batch.before.time,
    [{ kind: 'map.committed', principal: SERVICE_PRINCIPAL, body }],
  );
  invariant(entry !== undefined, 'one proposal makes one entry');
  return { entry, map };
}
