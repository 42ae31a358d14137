import { fail, invariant, ok, type Result } from '../fault.ts';
import { TREE_SIZE_MAX } from './size.ts';

/** Hashes in a full tile, and entries in a full bundle. Source: C2SP tlog-tiles. */
export const TILE_WIDTH = 256;
/** Highest level on which a tree of at most 2^53−1 leaves has a hash: 256^6 = 2^48. */
export const TILE_LEVEL_MAX = 6;

/** A tile: `width` hashes (256 when full) on `level`, the `index`-th tile there. */
export type TileId = { readonly level: number; readonly index: number; readonly width: number };

/** A bundle of entries: as a tile of level 0, with the entries in place of their hashes. */
export type BundleId = { readonly index: number; readonly width: number };

/** Leaves below one hash on that level: 256^level. */
export function leavesPerHash(level: number): number {
  return TILE_WIDTH ** level;
}

/**
 * Path of a tile below the log's prefix, without a leading slash: `tile/<L>/<N>`, and `.p/<W>` where it is partial.
 * N is in groups of three digits, all but the last after an `x`: `tile/0/x001/x234/067.p/5`. Source: C2SP tlog-tiles.
 */
export function formatTilePath({ level, index, width }: TileId): string {
  invariant(isTile({ level, index, width }), 'no tree of at most 2^53-1 leaves has that tile');
  return `tile/${level}/${formatIndex(index)}${formatWidth(width)}`;
}

/**
 * Reads what `formatTilePath` writes, and no other spelling of it; merkle/malformed-tile-path otherwise. Levels above 6
 * and indexes that no tree of at most 2^53−1 leaves reaches are refused.
 */
export function parseTilePath(path: string): Result<TileId> {
  const match = /^tile\/([0-6])\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path);
  if (match === null) return malformedPath();
  const [, level = '', index = '', width] = match;
  const tile = { level: Number(level), index: parseIndex(index), width: parseWidth(width) };
  return isTile(tile) && formatTilePath(tile) === path ? ok(tile) : malformedPath();
}

/** Path of an entry bundle: `tile/entries/<N>`, and `.p/<W>` where it is partial. Source: C2SP tlog-tiles. */
export function formatBundlePath({ index, width }: BundleId): string {
  invariant(isTile({ level: 0, index, width }), 'no tree of at most 2^53-1 leaves has that bundle');
  return `tile/entries/${formatIndex(index)}${formatWidth(width)}`;
}

/** Reads what `formatBundlePath` writes, and no other spelling of it; merkle/malformed-tile-path otherwise. */
export function parseBundlePath(path: string): Result<BundleId> {
  const tile = parseTilePath(path.replace(/^tile\/entries\//, 'tile/0/'));
  if (!tile.ok || !path.startsWith('tile/entries/')) return malformedPath();
  return ok({ index: tile.value.index, width: tile.value.width });
}

/** True where some tree of at most 2^53−1 leaves has that tile, with exactly that width at some size. */
export function isTile({ level, index, width }: TileId): boolean {
  if (!Number.isInteger(level) || level < 0 || level > TILE_LEVEL_MAX) return false;
  if (!Number.isSafeInteger(index) || index < 0) return false;
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) return false;
  // Divided rather than multiplied: the product may lie beyond what a number holds exactly.
  const hashesMax = Math.floor(TREE_SIZE_MAX / leavesPerHash(level));
  return index <= Math.floor((hashesMax - width) / TILE_WIDTH);
}

function formatIndex(index: number): string {
  let path = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  return path;
}

/** At most 18 digits by the pattern; one beyond 2^53−1 is refused by `isTile`. */
function parseIndex(path: string): number {
  return Number(path.replaceAll(/[x/]/g, ''));
}

function formatWidth(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}

/** A spelled-out 256 reads as a full tile, whose path has no width: writing it again shows the difference. */
function parseWidth(width: string | undefined): number {
  return width === undefined ? TILE_WIDTH : Number(width);
}

function malformedPath(): Result<never> {
  return fail('merkle/malformed-tile-path', 'Not the path of a tile that a log of at most 2^53-1 entries can have.');
}
