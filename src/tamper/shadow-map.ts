import { formatHex } from '../core/encoding/hex.ts';
import { type LinkedEntry, linkEntries } from '../core/entry/link.ts';
import { invariant } from '../core/fault.ts';
import { formatMapValue, mapKey } from '../core/map/map-key.ts';
import { formatMapProof } from '../core/map/map-proof.ts';
import { type MapNode, mapRoot, pathInMap, setInMap } from '../core/map/map-trie.ts';

/** A map as whoever has the log key can make one: over any entries, honest or not. */
export type ShadowMap = { readonly keys: number; readonly map: MapNode | undefined };

/** The map over these entries, as they say themselves what they are filed under. */
export function mapOfEntries(entries: readonly LinkedEntry[]): ShadowMap {
  const names = new Set<string>();
  let map: MapNode | undefined;
  for (const { entry, hash } of entries) {
    for (const { key, n } of entry.keys) {
      names.add(key);
      map = setInMap(map, mapKey(key), formatMapValue({ n, seq: entry.seq, hash }));
    }
  }
  return { keys: names.size, map };
}

/** Proof of what a map says of a list, or that it says nothing. */
export function proveList({ map }: ShadowMap, key: string): Uint8Array {
  const name = mapKey(key);
  return formatMapProof(name, map === undefined ? undefined : pathInMap(map, name));
}

/** The entries with the commitment to `map` behind them, at the time of the last. */
export function committed(entries: readonly LinkedEntry[], { keys, map }: ShadowMap): readonly LinkedEntry[] {
  const last = entries.at(-1);
  invariant(last !== undefined, 'a ledger that is shadowed has entries');
  const { log, time } = last.entry;
  const head = { log, size: entries.length, last: { hash: formatHex(last.hash), time } };
  const body = { keys, root: formatHex(mapRoot(map)) };
  return [...entries, ...linkEntries(head, new Map(), time, [{ kind: 'map.committed', principal: 'service', body }])];
}
