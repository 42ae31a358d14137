import { type Kysely, sql } from 'kysely';
import { asServiceError } from './pg-fault.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

/** Deletes payloads that no entry refers to and that are older than an hour; returns how many there were. */
export function sweepOrphanedPayloads(database: Kysely<Tables>): Promise<number> {
  return asServiceError(async () => {
    const { rows } = await sql<{ swept: string }>`SELECT sweep_orphaned_payloads() AS swept`.execute(database);
    return parseSeq(rows[0]?.swept ?? '0');
  });
}
