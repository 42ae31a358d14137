import type { ListHead } from '../../src/core/entry/link.ts';
import { formatMapValue, mapKey } from '../../src/core/map/map-key.ts';
import { formatMapProof } from '../../src/core/map/map-proof.ts';
import { type MapNode, mapRoot, pathInMap, setInMap } from '../../src/core/map/map-trie.ts';

/** The map from lists to their newest entries, as one trie without pages: what pages must agree with. */
export class MapUnderTest {
  #map: MapNode | undefined;
  #keys = new Set<string>();
  /** The map as it was under each size that ended with a commitment. */
  readonly #committed = new Map<number, MapNode | undefined>();

  set(key: string, { n, seq, hash }: ListHead): void {
    this.#keys.add(key);
    this.#map = setInMap(this.#map, mapKey(key), formatMapValue({ n, seq, hash: Buffer.from(hash, 'hex') }));
  }

  /** Body of the commitment that makes the ledger `size` entries long. */
  commit(size: number): { readonly keys: number; readonly root: string } {
    this.#committed.set(size, this.#map);
    return { keys: this.#keys.size, root: Buffer.from(mapRoot(this.#map)).toString('hex') };
  }

  /** Proof of what stands under a key in the map that ends a ledger of that size, or now where none does. */
  proof(key: string, size: number): Uint8Array {
    const map = this.#committed.has(size) ? this.#committed.get(size) : this.#map;
    const name = mapKey(key);
    return formatMapProof(name, map === undefined ? undefined : pathInMap(map, name));
  }
}
