import { type Kysely, sql } from 'kysely';
import { ServiceError } from '../service/ports.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

/**
 * Exact bytes of the entries from `from` on, at most `limit`, without a gap. Nothing of them is read: whoever hands them out
 * holds them to the tree. A gap is `head/not-ours`.
 */
export async function readLeaves(
  database: Kysely<Tables>,
  from: number,
  limit: number,
): Promise<readonly Uint8Array[]> {
  const { rows } = await sql<{ seq: string; leaf: Uint8Array }>`
    SELECT seq, leaf FROM entry WHERE seq >= ${String(from)}::bigint AND seq < ${String(from + limit)}::bigint
    ORDER BY seq`.execute(database);
  return rows.map(({ seq, leaf }, place) => {
    if (parseSeq(seq) === from + place) return leaf;
    throw new ServiceError({ code: 'head/not-ours', message: `Entry ${from + place} is missing.` });
  });
}

/** Bytes of the entries from `from` up to but without `to`, together; nothing of them is fetched. */
export async function readLeafBytes(database: Kysely<Tables>, from: number, to: number): Promise<number> {
  const { rows } = await sql<{ bytes: string | null }>`
    SELECT sum(octet_length(leaf)) AS bytes FROM entry
    WHERE seq >= ${String(from)}::bigint AND seq < ${String(to)}::bigint`.execute(database);
  return Number(rows[0]?.bytes ?? 0);
}

/** Rows of committed heads of a smaller size than `below` (of any size where absent), the largest first. */
export async function readHeadRows(
  database: Kysely<Tables>,
  below: number | undefined,
  limit: number,
): Promise<readonly Tables['head'][]> {
  const heads = database.selectFrom('head').selectAll().orderBy('size', 'desc').limit(limit);
  return below === undefined ? heads.execute() : heads.where('size', '<', String(below)).execute();
}
