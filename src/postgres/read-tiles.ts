import { concatBytes } from '../core/encoding/bytes.ts';
import { formatTilePath, type TileId } from '../core/merkle/tile.ts';
import type { RunStatement, Statement } from './ledger-transaction.ts';
import { parseSeq } from './pool.ts';

const TILE_WIDTH = 256;

const READ_FULL: Statement = {
  name: 'read-full-tiles',
  text: `SELECT level, index, hashes FROM tile
    JOIN unnest($1::smallint[], $2::bigint[]) AS wanted (level, index) USING (level, index)`,
};

const READ_PARTIAL: Statement = {
  name: 'read-partial-tiles',
  text: `SELECT wanted.place, under.hash
    FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS wanted (level, first, beyond, place)
    CROSS JOIN LATERAL (
      SELECT seq AS position, hash FROM entry WHERE wanted.level = 0 AND seq >= wanted.first AND seq < wanted.beyond
      UNION ALL
      SELECT index, root FROM tile
        WHERE wanted.level > 0 AND level = wanted.level - 1 AND index >= wanted.first AND index < wanted.beyond
    ) AS under
    ORDER BY wanted.place, under.position`,
};

/**
 * Hash tiles by their C2SP path. Full ones come as stored; a partial one is derived: at level 0 from the hashes of the
 * entries, above from the roots of the full tiles below. A tile that is not there is left out.
 * One statement for the full tiles, and one, at the same time, for the partial ones.
 */
export async function readTiles(run: RunStatement, tiles: readonly TileId[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const [full, partial] = await Promise.all([
    readFull(
      run,
      tiles.filter(({ width }) => width === TILE_WIDTH),
    ),
    readPartial(
      run,
      tiles.filter(({ width }) => width < TILE_WIDTH),
    ),
  ]);
  return new Map([...full, ...partial]);
}

async function readFull(
  run: RunStatement,
  tiles: readonly TileId[],
): Promise<readonly (readonly [string, Uint8Array])[]> {
  if (tiles.length === 0) return [];
  const rows = await run<{ level: number; index: string; hashes: Uint8Array }>(READ_FULL, [
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index),
  ]);
  return rows.map(({ level, index, hashes }) => [
    formatTilePath({ level, index: parseSeq(index), width: TILE_WIDTH }),
    hashes,
  ]);
}

async function readPartial(
  run: RunStatement,
  tiles: readonly TileId[],
): Promise<readonly (readonly [string, Uint8Array])[]> {
  if (tiles.length === 0) return [];
  const rows = await run<{ place: string; hash: Uint8Array }>(READ_PARTIAL, [
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index * TILE_WIDTH),
    tiles.map(({ index, width }) => index * TILE_WIDTH + width),
  ]);
  const hashes = Map.groupBy(rows, ({ place }) => parseSeq(place) - 1);
  return tiles.flatMap((tile, place) => {
    const under = hashes.get(place) ?? [];
    return under.length === tile.width ? [[formatTilePath(tile), concatBytes(...under.map(({ hash }) => hash))]] : [];
  });
}
