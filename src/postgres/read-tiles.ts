import { type Kysely, sql } from 'kysely';
import { concatBytes } from '../core/encoding/bytes.ts';
import { formatTilePath, type TileId } from '../core/merkle/tile.ts';
import type { Tables } from './tables.ts';

const TILE_WIDTH = 256;

/**
 * Hash tiles by their C2SP path. Full ones come as stored; a partial one is derived: at level 0 from the hashes of the
 * entries, above from the roots of the full tiles below. A tile that is not there is left out.
 * One round trip for the full tiles, one for each partial.
 */
export async function readTiles(
  database: Kysely<Tables>,
  tiles: readonly TileId[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  const full = tiles.filter((tile) => tile.width === TILE_WIDTH);
  if (full.length > 0) {
    const { rows } = await sql<{ level: number; index: string; hashes: Uint8Array }>`
      SELECT level, index, hashes FROM tile
      JOIN unnest(${full.map((tile) => tile.level)}::smallint[], ${full.map((tile) => String(tile.index))}::bigint[])
        AS wanted (level, index) USING (level, index)`.execute(database);
    for (const row of rows) {
      found.set(formatTilePath({ level: row.level, index: Number(row.index), width: TILE_WIDTH }), row.hashes);
    }
  }
  for (const tile of tiles.filter((tile) => tile.width < TILE_WIDTH)) {
    const hashes = await readPartial(database, tile);
    if (hashes.length === tile.width) found.set(formatTilePath(tile), concatBytes(...hashes));
  }
  return found;
}

async function readPartial(database: Kysely<Tables>, tile: TileId): Promise<readonly Uint8Array[]> {
  const from = String(tile.index * TILE_WIDTH);
  const to = String(tile.index * TILE_WIDTH + tile.width);
  const { rows } =
    tile.level === 0
      ? await sql<{ hash: Uint8Array }>`
          SELECT hash FROM entry WHERE seq >= ${from}::bigint AND seq < ${to}::bigint ORDER BY seq`.execute(database)
      : await sql<{ hash: Uint8Array }>`
          SELECT root AS hash FROM tile
          WHERE level = ${tile.level - 1} AND index >= ${from}::bigint AND index < ${to}::bigint ORDER BY index`.execute(
          database,
        );
  return rows.map((row) => row.hash);
}
