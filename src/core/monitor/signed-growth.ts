import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { invariant } from '../fault.ts';
import { appendLeaves, EMPTY_FRONTIER, type Frontier, frontierRoot } from '../merkle/frontier.ts';
import { HASH_BYTES } from '../merkle/hash.ts';
import { onesOf } from '../merkle/size.ts';
import { type TileId, tileAt, tileRoot } from '../merkle/tile.ts';
import { TILE_WIDTH } from '../merkle/tile-path.ts';
import { type Judged, pass, raise } from './alarm.ts';

/**
 * What a log signed between a tree that was replayed and a checkpoint: the root of each full bundle of entries, and the
 * hashes of the entries after the last full one. With it each bundle is known for the signed one before it is replayed,
 * so that nothing false ever gets into a replay.
 */
export type SignedGrowth = {
  /** Index of the first bundle that is not wholly replayed. */
  readonly firstBundle: number;
  /** Roots of the full bundles from there on. */
  readonly bundleRoots: readonly Uint8Array[];
  /** Leaf hashes of the last, partial bundle: 0 to 255. */
  readonly edge: readonly Uint8Array[];
};

/**
 * The tiles to read for the growth from `from` to `to` leaves: of level 1, one for 65,536 entries, and the partial one of
 * level 0 at the edge. Each as wide as it is at `to`.
 */
export function tilesOfGrowth(
  from: number,
  to: number,
): { readonly bundles: readonly TileId[]; readonly edge?: TileId } {
  const bundles: TileId[] = [];
  for (let index = Math.floor(from / TILE_WIDTH ** 2); ; index += 1) {
    const tile = tileAt(1, index, to);
    if (tile === undefined) break;
    bundles.push(tile);
  }
  const index = Math.floor(to / TILE_WIDTH);
  const edge = tileAt(0, index, to);
  return { bundles, ...(edge === undefined ? {} : { edge }) };
}

/**
 * The growth out of the tiles that {@link tilesOfGrowth} names, in their order, each of the width asked for (an invariant).
 * It holds where the frontier replayed, the bundles and the edge together have the signed root; otherwise
 * `monitor/rewritten`: the tiles that are handed out are not the signed ones.
 */
export function judgeSignedGrowth(
  replayed: Frontier,
  target: Checkpoint,
  tiles: { readonly bundles: readonly Uint8Array[]; readonly edge?: Uint8Array },
): Judged<SignedGrowth> {
  const firstBundle = Math.floor(replayed.size / TILE_WIDTH);
  const skipped = firstBundle % TILE_WIDTH;
  const bundleRoots = tiles.bundles.flatMap(hashesOf).slice(skipped);
  const edge = tiles.edge === undefined ? [] : hashesOf(tiles.edge);
  invariant(
    (firstBundle + bundleRoots.length) * TILE_WIDTH + edge.length === target.size,
    'the tiles of a growth hold what it grew by',
  );
  const full = { size: firstBundle, hashes: replayed.hashes.slice(0, onesOf(firstBundle)) };
  const upper = appendLeaves(full, bundleRoots);
  const lower = appendLeaves(EMPTY_FRONTIER, edge);
  const root = frontierRoot({ size: target.size, hashes: [...upper.hashes, ...lower.hashes] });
  if (equalBytes(root, target.root)) return pass({ firstBundle, bundleRoots, edge });
  const message = `The hash tiles of ${target.size} entries do not have the root that the log signed.`;
  return raise({ code: 'monitor/rewritten', message, cause: 'merkle/root-mismatch' });
}

/**
 * Whether the leaf hashes of bundle `index`, from its first entry on, are those that the log signed, and begin with what
 * was replayed of it. `monitor/rewritten`, or `monitor/forked` where the log signed both.
 */
export function judgeBundle(
  growth: SignedGrowth,
  index: number,
  hashes: readonly Uint8Array[],
  replayed: Frontier,
): Judged<void> {
  const expected = growth.bundleRoots[index - growth.firstBundle];
  const wrong =
    expected === undefined
      ? hashes.findIndex((hash, place) => !equalBytes(hash, growth.edge[place] ?? new Uint8Array()))
      : equalBytes(tileRoot(concatBytes(...hashes)), expected)
        ? -1
        : 0;
  if (wrong >= 0) {
    const first = index * TILE_WIDTH + wrong;
    const message = `The entries from ${first} to ${index * TILE_WIDTH + hashes.length - 1} are not those that the log signed.`;
    return raise({ code: 'monitor/rewritten', message, cause: 'merkle/root-mismatch' });
  }
  const known = replayed.size - index * TILE_WIDTH;
  if (known <= 0) return pass(undefined);
  const before = appendLeaves(EMPTY_FRONTIER, hashes.slice(0, known)).hashes;
  const kept = replayed.hashes.slice(onesOf(Math.floor(replayed.size / TILE_WIDTH)));
  if (before.length === kept.length && before.every((hash, place) => equalBytes(hash, kept[place] ?? hash)))
    return pass(undefined);
  const message = `Of the ${replayed.size} entries replayed, the log has signed others since.`;
  return raise({ code: 'monitor/forked', message, cause: 'merkle/inconsistent' });
}

function hashesOf(tile: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: tile.length / HASH_BYTES }, (_, place) =>
    tile.slice(place * HASH_BYTES, (place + 1) * HASH_BYTES),
  );
}
