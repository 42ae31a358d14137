import { equalBytes } from '../core/encoding/bytes.ts';
import { entryHash } from '../core/entry/entry.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { formatBundle } from '../core/merkle/entry-bundle.ts';
import { HASH_BYTES } from '../core/merkle/hash.ts';
import { formatTilePath, parseTilePath, type TileId, tileAt } from '../core/merkle/tile.ts';
import { type BundleId, parseBundlePath, TILE_WIDTH } from '../core/merkle/tile-path.ts';
import { authoriseWholeLedger } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { createKeptAnswers, type KeptLimits } from './kept-answers.ts';
import { ServiceError } from './ports.ts';
import { shareReads } from './share-reads.ts';

/**
 * The newest checkpoint as a signed note. All who ask meanwhile share one reading, which begins after each of them asked:
 * nobody who holds a receipt, of whichever replica, is shown an older state.
 */
export function openCheckpointReader(context: ServiceContext): () => Promise<Result<string>> {
  const read = shareReads(async () => new Map([['newest', await context.sequencer.checkpoint()]]));
  return async () => {
    const signed = (await read(['newest'])).get('newest');
    return signed === undefined ? fail('service/not-found', 'The log is empty.') : ok(signed.checkpoint);
  };
}

/** Tiles that are kept, 8 KiB each at most. */
const TILES_KEPT: KeptLimits = { answersMax: 4_096, bytesMax: 16 * 1024 * 1024 };

/**
 * Hash tiles by their C2SP path (`tile/0/000`); a partial one as wide as asked, as long as a signed checkpoint covers
 * that much: readers keep a tile for ever, so that none may be of a batch that could still be lost. A tile of a path
 * never changes, so that one is read once by all who ask for it meanwhile, and kept while there is room.
 *
 * Faults: `merkle/malformed-tile-path`, `service/not-found`.
 */
export function openTileReader(context: ServiceContext): (path: string) => Promise<Result<Uint8Array>> {
  const kept = createKeptAnswers<Uint8Array>(TILES_KEPT, (tile) => tile.length);
  const read = shareReads(async (paths) => {
    const tiles = paths.map(parseTilePath).flatMap((tile) => (tile.ok ? [tile.value] : []));
    const size = await signedSize(context);
    const found = await context.store.tiles(tiles.filter((tile) => isWithin(tile, size)));
    for (const [path, bytes] of found) kept.keep(path, bytes);
    return found;
  });
  return async (path) => {
    const tile = parseTilePath(path);
    if (!tile.ok) return tile;
    const bytes = kept.find(path) ?? (await read([path])).get(path);
    return bytes === undefined ? noTile() : ok(bytes);
  };
}

/** Bundles that are kept: of usual entries, some two hundred full ones. */
const BUNDLES_KEPT: KeptLimits = { answersMax: 1_024, bytesMax: 64 * 1024 * 1024 };

/**
 * Entry bundles by their C2SP path (`tile/entries/000`), for those who may read everything; otherwise as tiles are. A full
 * one is held to the tile of its leaf hashes before anybody keeps it.
 *
 * Faults: those of authorisation, `merkle/malformed-tile-path`, `service/not-found`. Throws `head/not-ours` where the
 * stored entries are not those of the tree.
 */
export function openBundleReader(
  context: ServiceContext,
  readTile: (path: string) => Promise<Result<Uint8Array>>,
): (caller: Caller, path: string) => Promise<Result<Uint8Array>> {
  const kept = createKeptAnswers<Uint8Array>(BUNDLES_KEPT, (bundle) => bundle.length);
  const underWay = new Map<string, Promise<Uint8Array>>();
  const read = async (path: string, bundle: BundleId) => {
    const leaves = await context.store.leaves(bundle.index * TILE_WIDTH, bundle.width);
    if (leaves.length !== bundle.width) throw notOurs(bundle.index);
    if (bundle.width === TILE_WIDTH) await holdToTile(leaves, bundle.index, readTile);
    const bytes = formatBundle(leaves);
    kept.keep(path, bytes);
    return bytes;
  };
  return async (caller, path) => {
    const allowed = authoriseWholeLedger(caller);
    if (!allowed.ok) return allowed;
    const bundle = parseBundlePath(path);
    if (!bundle.ok) return bundle;
    const found = kept.find(path);
    if (found !== undefined) return ok(found);
    // Before a reading is shared: one that began earlier would not have known of a bundle that is there by now.
    if (!isWithin({ level: 0, ...bundle.value }, await signedSize(context))) return noTile();
    const reading = underWay.get(path) ?? read(path, bundle.value).finally(() => underWay.delete(path));
    underWay.set(path, reading);
    return ok(await reading);
  };
}

async function holdToTile(
  leaves: readonly Uint8Array[],
  index: number,
  readTile: (path: string) => Promise<Result<Uint8Array>>,
): Promise<void> {
  const tile = await readTile(formatTilePath({ level: 0, index, width: TILE_WIDTH }));
  const agrees = (leaf: Uint8Array, place: number) =>
    tile.ok && equalBytes(entryHash(leaf), tile.value.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES));
  if (!leaves.every(agrees)) throw notOurs(index);
}

function notOurs(index: number): ServiceError {
  return new ServiceError({
    code: 'head/not-ours',
    message: `The entries from ${index * TILE_WIDTH} on as stored are not those in the tree.`,
  });
}

/** How much of the log a checkpoint covers that is signed and anchored by now. */
async function signedSize(context: ServiceContext): Promise<number> {
  return (await context.sequencer.checkpoint())?.head.frontier.size ?? 0;
}

function isWithin({ level, index, width }: TileId, size: number): boolean {
  const there = tileAt(level, index, size);
  return there !== undefined && width <= there.width;
}

function noTile(): Result<never> {
  return fail('service/not-found', 'The log does not have that tile yet.');
}
