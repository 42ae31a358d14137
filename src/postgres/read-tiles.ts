import { type Kysely, sql } from 'kysely';
import { concatBytes } from '../core/encoding/bytes.ts';
import { formatTilePath, type TileId } from '../core/merkle/tile.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

const TILE_WIDTH = 256;

/**
 * Hash tiles by their C2SP path. Full ones come as stored; a partial one is derived: at level 0 from the hashes of the
 * entries, above from the roots of the full tiles below. A tile that is not there is left out.
 * One statement for the full tiles, and one, at the same time, for the partial ones.
 */
export async function readTiles(
  database: Kysely<Tables>,
  tiles: readonly TileId[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const [full, partial] = await Promise.all([
    readFull(
      database,
      tiles.filter(({ width }) => width === TILE_WIDTH),
    ),
    readPartial(
      database,
      tiles.filter(({ width }) => width < TILE_WIDTH),
    ),
  ]);
  return new Map([...full, ...partial]);
}

async function readFull(
  database: Kysely<Tables>,
  tiles: readonly TileId[],
): Promise<readonly (readonly [string, Uint8Array])[]> {
  if (tiles.length === 0) return [];
  const { rows } = await sql<{ level: number; index: string; hashes: Uint8Array }>`
    SELECT level, index, hashes FROM tile
    JOIN unnest(${tiles.map((tile) => tile.level)}::smallint[], ${tiles.map((tile) => String(tile.index))}::bigint[])
      AS wanted (level, index) USING (level, index)`.execute(database);
  return rows.map(({ level, index, hashes }) => [
    formatTilePath({ level, index: parseSeq(index), width: TILE_WIDTH }),
    hashes,
  ]);
}

async function readPartial(
  database: Kysely<Tables>,
  tiles: readonly TileId[],
): Promise<readonly (readonly [string, Uint8Array])[]> {
  if (tiles.length === 0) return [];
  const from = tiles.map(({ index }) => String(index * TILE_WIDTH));
  const to = tiles.map(({ index, width }) => String(index * TILE_WIDTH + width));
  const { rows } = await sql<{ place: string; hash: Uint8Array }>`
    SELECT wanted.place, under.hash
    FROM unnest(${tiles.map(({ level }) => level)}::smallint[], ${from}::bigint[], ${to}::bigint[])
      WITH ORDINALITY AS wanted (level, first, beyond, place)
    CROSS JOIN LATERAL (
      SELECT seq AS position, hash FROM entry WHERE wanted.level = 0 AND seq >= wanted.first AND seq < wanted.beyond
      UNION ALL
      SELECT index, root FROM tile
        WHERE wanted.level > 0 AND level = wanted.level - 1 AND index >= wanted.first AND index < wanted.beyond
    ) AS under
    ORDER BY wanted.place, under.position`.execute(database);
  const hashes = Map.groupBy(rows, ({ place }) => parseSeq(place) - 1);
  return tiles.flatMap((tile, place) => {
    const under = hashes.get(place) ?? [];
    return under.length === tile.width ? [[formatTilePath(tile), concatBytes(...under.map(({ hash }) => hash))]] : [];
  });
}
