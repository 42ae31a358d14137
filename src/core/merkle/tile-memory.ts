import { equalBytes } from '../encoding/bytes.ts';
import { formatTilePath, type TileId } from './tile-path.ts';

/** Hashes of perfect subtrees inside one tile, by `offset * 256 + count` of the hashes of the tile that they are over. */
export type InnerHashes = Map<number, Uint8Array>;

/** About 45 KB each with every hash inside: full tiles of level 1 over four million entries. */
const TILES_MAX = 64;

/**
 * Hashes inside tiles above level 0, from one proof to the next. Tiles of level 0 are as many as the tree is large, and
 * another one is needed for nearly every proof; those above are few, and each proof in a large tree needs some of them whole.
 * Nothing of it is trusted for being here: it counts for a tile with exactly the bytes that it was computed from.
 */
export class TileMemory {
  readonly #tiles = new Map<string, { readonly bytes: Uint8Array; readonly inner: InnerHashes }>();

  /** What is known inside the tile with these bytes, to be added to; undefined where nothing is kept of its level. */
  innerOf(tile: TileId, bytes: Uint8Array): InnerHashes | undefined {
    if (tile.level === 0) return undefined;
    const path = formatTilePath(tile);
    const known = this.#tiles.get(path);
    this.#tiles.delete(path);
    const kept =
      known !== undefined && equalBytes(known.bytes, bytes) ? known : { bytes: bytes.slice(), inner: new Map() };
    // Last in the order is what was used last.
    this.#tiles.set(path, kept);
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= TILES_MAX) break;
      this.#tiles.delete(oldest);
    }
    return kept.inner;
  }
}
