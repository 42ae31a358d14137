import { sql } from 'kysely';
import { readConfig } from '../../config/config.ts';
import { withDatabase } from '../with-database.ts';
import type { Stand } from './stand.ts';
import { summarise } from './statistics.ts';

/** Sizes of the batches that the service made while its tree grew, without the `map.committed` that ends each. */
export type BatchSizes = {
  readonly batches: number;
  readonly mean: number;
  readonly p50: number;
  readonly max: number;
};

/**
 * What stands in the ledger's own database: its size and the keys of its map; and from a tree size on the entries, and the
 * batches that they came in.
 */
export type Grown = {
  readonly size: number;
  readonly keys: number;
  readonly entries: number;
  readonly sizes: BatchSizes;
};

/** Reads the database of a stand beside the service that serves from it. */
export function readGrown(stand: Stand, fromSize: number): Promise<Grown> {
  const config = readConfig(stand.service.environment, stand.folder);
  return withDatabase(
    config,
    'service',
    () => undefined,
    async (database) => {
      const { rows } = await sql<{ size: number; keys: number; sizes: number[] | null; entries: number }>`
      WITH grown AS (
        SELECT size, size - lag(size, 1, 0) OVER (ORDER BY size) - 1 AS batch FROM head
      )
      SELECT (SELECT max(size)::float8 FROM head) AS size,
        (SELECT count(*)::float8 FROM list_entry WHERE n = 1) AS keys,
        (SELECT array_agg(batch::float8) FROM grown WHERE size > ${String(fromSize)}::bigint) AS sizes,
        (SELECT count(*)::float8 FROM entry WHERE seq >= ${String(fromSize)}::bigint) AS entries`.execute(database);
      const row = rows[0];
      const batches = summarise(row?.sizes ?? []);
      return {
        size: row?.size ?? 0,
        keys: row?.keys ?? 0,
        entries: row?.entries ?? 0,
        sizes: { batches: batches.samples, mean: batches.mean, p50: batches.p50, max: batches.max },
      };
    },
  );
}
