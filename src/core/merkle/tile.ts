import { fail, invariant, ok, type Result } from '../fault.ts';
import { type Frontier, frontierRoot } from './frontier.ts';
import { HASH_BYTES } from './hash.ts';
import {
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
  type PerfectNode,
  perfectNodesOf,
} from './proof-ranges.ts';
import { checkIndex, checkSize } from './size.ts';
import type { InnerHashes, TileMemory } from './tile-memory.ts';
import { formatTilePath, isTile, leavesPerHash, TILE_LEVEL_MAX, TILE_WIDTH, type TileId } from './tile-path.ts';
import { rootOf } from './tree.ts';

export { formatTilePath, parseTilePath, type TileId } from './tile-path.ts';

/** Tiles by their path (`formatTilePath`), each the bytes of its hashes one after another: 32 to 8,192 bytes. */
export type TileMap = ReadonlyMap<string, Uint8Array>;

/**
 * The tiles that hold every hash of the inclusion path of `index` in a tree of `size`, none twice.
 * An index or size outside is a broken invariant: `checkIndex` tells a caller who has them from outside.
 */
export function tilesForInclusion(index: number, size: number): TileId[] {
  invariant(checkSize(size, 1).ok && checkIndex(index, size).ok, 'the index lies in the tree');
  return tilesOf(inclusionRanges(index, size), size);
}

/** The tiles that hold every hash of the consistency path between 1 ≤ first ≤ second leaves (an invariant), none twice. */
export function tilesForConsistency(first: number, second: number): TileId[] {
  invariant(checkSize(first, 1).ok && checkSize(second, first).ok, 'the first tree is not larger than the second');
  return tilesOf(consistencyRanges(first, second), second);
}

/** The tiles that hold every hash of the frontier, and so the root, of a tree of `size` (0 to 2^53−1, an invariant). */
export function tilesForFrontier(size: number): TileId[] {
  invariant(checkSize(size, 0).ok, 'a tree size is an integer from 0 to 2^53-1');
  return tilesOf([{ start: 0, end: size }], size);
}

/**
 * The inclusion path, leaf's sibling first, out of the tiles that `tilesForInclusion` names; a full tile serves in place
 * of a partial one. The tiles come from outside: only `verifyInclusion` against a trusted root says whether the path holds.
 * merkle/size-out-of-range, merkle/index-out-of-range, merkle/missing-tile, merkle/malformed-tile.
 */
export function inclusionPathFromTiles(index: number, size: number, tiles: TileMap): Result<Uint8Array[]> {
  const sizeChecked = checkSize(size, 1);
  if (!sizeChecked.ok) return sizeChecked;
  const indexChecked = checkIndex(index, size);
  if (!indexChecked.ok) return indexChecked;
  return rootsOf(inclusionRanges(index, size), size, tiles);
}

/**
 * Inclusion paths of several leaves, each as `inclusionPathFromTiles` gives it. Neighbours share most of their paths, and
 * a hash inside a tile is computed once for all of them; `memory` keeps those of the upper tiles for the next proofs.
 */
export function inclusionPathsFromTiles(
  indexes: readonly number[],
  size: number,
  tiles: TileMap,
  memory?: TileMemory,
): Result<ReadonlyMap<number, readonly Uint8Array[]>> {
  const computed = new ComputedHashes(memory);
  const paths = new Map<number, readonly Uint8Array[]>();
  const sizeChecked = checkSize(size, 1);
  if (!sizeChecked.ok) return sizeChecked;
  for (const index of indexes) {
    const indexChecked = checkIndex(index, size);
    if (!indexChecked.ok) return indexChecked;
    const path = rootsOf(inclusionRanges(index, size), size, tiles, computed);
    if (!path.ok) return path;
    paths.set(index, path.value);
  }
  return ok(paths);
}

/** The consistency path out of the tiles that `tilesForConsistency` names; faults and trust as in `inclusionPathFromTiles`. */
export function consistencyPathFromTiles(first: number, second: number, tiles: TileMap): Result<Uint8Array[]> {
  const firstChecked = checkSize(first, 1);
  if (!firstChecked.ok) return firstChecked;
  const secondChecked = checkSize(second, first);
  if (!secondChecked.ok) return secondChecked;
  return rootsOf(consistencyRanges(first, second), second, tiles);
}

/**
 * Consistency paths from several sizes to one, each as `consistencyPathFromTiles` gives it; a hash inside a tile is computed
 * once for all of them.
 */
export function consistencyPathsFromTiles(
  firsts: readonly number[],
  second: number,
  tiles: TileMap,
): Result<ReadonlyMap<number, readonly Uint8Array[]>> {
  const computed = new ComputedHashes();
  const paths = new Map<number, readonly Uint8Array[]>();
  for (const first of firsts) {
    const firstChecked = checkSize(first, 1);
    if (!firstChecked.ok) return firstChecked;
    const secondChecked = checkSize(second, first);
    if (!secondChecked.ok) return secondChecked;
    const path = rootsOf(consistencyRanges(first, second), second, tiles, computed);
    if (!path.ok) return path;
    paths.set(first, path.value);
  }
  return ok(paths);
}

/** The frontier out of the tiles that `tilesForFrontier` names; its `frontierRoot` is to be compared with a trusted root. */
export function frontierFromTiles(size: number, tiles: TileMap): Result<Frontier> {
  const sizeChecked = checkSize(size, 0);
  if (!sizeChecked.ok) return sizeChecked;
  const hashes = hashesOf(perfectNodesOf({ start: 0, end: size }), size, tiles);
  return hashes.ok ? ok({ size, hashes: hashes.value }) : hashes;
}

/**
 * The tiles that become full while a tree grows from `oldSize` to `newSize`, lower levels first and each level in order,
 * so that a full tile's root is known before the tile above it is written. Sizes are integers, old ≤ new (an invariant).
 */
export function completedTiles(oldSize: number, newSize: number): TileId[] {
  invariant(checkSize(oldSize, 0).ok && checkSize(newSize, oldSize).ok, 'a tree never shrinks');
  const tiles: TileId[] = [];
  for (let level = 0; level < TILE_LEVEL_MAX; level++) {
    const leaves = leavesPerHash(level + 1);
    const end = Math.floor(newSize / leaves);
    for (let index = Math.floor(oldSize / leaves); index < end; index++)
      tiles.push({ level, index, width: TILE_WIDTH });
  }
  return tiles;
}

/** The tile of that level and index as it is in a tree of `size`, or undefined where it would be empty. */
export function tileAt(level: number, index: number, size: number): TileId | undefined {
  const width = Math.min(TILE_WIDTH, Math.floor(size / leavesPerHash(level)) - index * TILE_WIDTH);
  return width > 0 ? { level, index, width } : undefined;
}

/** Root of the perfect subtree over a full tile: the hash that stands for it one level up. 8,192 bytes (an invariant). */
export function tileRoot(tile: Uint8Array): Uint8Array {
  invariant(tile.length === TILE_WIDTH * HASH_BYTES, 'a full tile has 256 hashes');
  return rootOf(hashesIn(tile, 0, TILE_WIDTH));
}

function tilesOf(ranges: readonly LeafRange[], size: number): TileId[] {
  const byPath = new Map<string, TileId>();
  for (const node of ranges.flatMap(perfectNodesOf)) {
    const { tile } = placeOf(node, size);
    byPath.set(formatTilePath(tile), tile);
  }
  return [...byPath.values()];
}

/** Hashes of perfect subtrees by the tile that they lie in, as one set of tiles gives them. */
class ComputedHashes {
  readonly #byTile = new Map<string, InnerHashes>();
  readonly #memory: TileMemory | undefined;

  constructor(memory?: TileMemory) {
    this.#memory = memory;
  }

  /** Root over `count` hashes from `offset` on of a tile with these bytes. */
  rootWithin(tile: TileId, path: string, bytes: Uint8Array, offset: number, count: number): Uint8Array {
    const inner = this.#byTile.get(path) ?? this.#memory?.innerOf(tile, bytes) ?? new Map<number, Uint8Array>();
    this.#byTile.set(path, inner);
    const place = offset * TILE_WIDTH + count;
    const root = inner.get(place) ?? rootOf(hashesIn(bytes, offset, count));
    inner.set(place, root);
    return root;
  }
}

function rootsOf(
  ranges: readonly LeafRange[],
  size: number,
  tiles: TileMap,
  computed = new ComputedHashes(),
): Result<Uint8Array[]> {
  const roots: Uint8Array[] = [];
  for (const range of ranges) {
    const hashes = hashesOf(perfectNodesOf(range), size, tiles, computed);
    if (!hashes.ok) return hashes;
    roots.push(frontierRoot({ size: range.end - range.start, hashes: hashes.value }));
  }
  return ok(roots);
}

function hashesOf(
  nodes: readonly PerfectNode[],
  size: number,
  tiles: TileMap,
  computed = new ComputedHashes(),
): Result<Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  for (const node of nodes) {
    const hash = hashOf(node, size, tiles, computed);
    if (!hash.ok) return hash;
    hashes.push(hash.value);
  }
  return ok(hashes);
}

function hashOf(node: PerfectNode, size: number, tiles: TileMap, computed: ComputedHashes): Result<Uint8Array> {
  const { tile, offset, count } = placeOf(node, size);
  const path = formatTilePath(tile);
  const exact = tiles.get(path);
  // A log may drop a partial tile once it is full; the full one begins with the same hashes.
  const full = { ...tile, width: TILE_WIDTH };
  const bytes = exact ?? (isTile(full) ? tiles.get(formatTilePath(full)) : undefined);
  if (bytes === undefined) return fail('merkle/missing-tile', 'A tile that the proof needs is not there.', path);
  const width = exact === undefined ? TILE_WIDTH : tile.width;
  if (bytes.length !== width * HASH_BYTES) {
    return fail('merkle/malformed-tile', `This tile holds ${width} hashes of 32 bytes.`, path);
  }
  return ok(computed.rootWithin(tile, path, bytes, offset, count));
}

/** Where a perfect subtree lies: `count` hashes (a power of two, at most 128) from `offset` of that tile. */
function placeOf({ height, index }: PerfectNode, size: number): { tile: TileId; offset: number; count: number } {
  const level = Math.floor(height / 8);
  const count = 2 ** (height % 8);
  const tilesApart = TILE_WIDTH / count;
  const tile = tileAt(level, Math.floor(index / tilesApart), size);
  invariant(tile !== undefined, 'a tree has the tiles of its own subtrees');
  return { tile, offset: (index % tilesApart) * count, count };
}

function hashesIn(tile: Uint8Array, offset: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, position) => {
    const start = (offset + position) * HASH_BYTES;
    return tile.slice(start, start + HASH_BYTES);
  });
}
