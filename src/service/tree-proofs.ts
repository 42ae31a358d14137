import type { Result } from '../core/fault.ts';
import {
  consistencyPathFromTiles,
  formatTilePath,
  inclusionPathsFromTiles,
  type TileId,
  tilesForConsistency,
  tilesForInclusion,
} from '../core/merkle/tile.ts';
import { TileMemory } from '../core/merkle/tile-memory.ts';
import { type LedgerStore, ServiceError } from './ports.ts';

/** Hashes inside the upper tiles of a store, which every proof of a large tree goes through. */
const memories = new WeakMap<LedgerStore, TileMemory>();

/** Inclusion paths of several leaves in the tree of `size`, leaf's sibling first, with the tiles read together. */
export async function readInclusionPaths(
  store: LedgerStore,
  indexes: readonly number[],
  size: number,
): Promise<ReadonlyMap<number, readonly Uint8Array[]>> {
  const wanted = new Map<string, TileId>();
  for (const index of indexes)
    for (const tile of tilesForInclusion(index, size)) wanted.set(formatTilePath(tile), tile);
  const tiles = await store.tiles([...wanted.values()]);
  const memory = memories.get(store) ?? new TileMemory();
  memories.set(store, memory);
  return whole(inclusionPathsFromTiles(indexes, size, tiles, memory));
}

/** Consistency path between two sizes, 1 ≤ first ≤ second. */
export async function readConsistencyPath(
  store: LedgerStore,
  first: number,
  second: number,
): Promise<readonly Uint8Array[]> {
  const tiles = await store.tiles(tilesForConsistency(first, second));
  return whole(consistencyPathFromTiles(first, second, tiles));
}

/** A tile that is missing or too short means that the database lost what was committed: no answer is better than half. */
function whole<T>(path: Result<T>): T {
  if (path.ok) return path.value;
  throw new ServiceError({
    code: 'head/not-ours',
    message: 'The stored tiles do not hold the tree.',
    cause: path.fault,
  });
}
