import { type Kysely, sql } from 'kysely';
import type { ProjectionStore, SignedRow } from '../service/ports.ts';
import { parseSeq } from './pool.ts';
import { signerNumber } from './project-entry.ts';
import type { Tables } from './tables.ts';

type Query = Parameters<ProjectionStore['signedBy']>[0];

/**
 * What rests on the signers, in the ledger's order. Each signer is read on its own along its index, so that a page costs a
 * page whatever there is before and after it; what a scope leaves out is passed over on the way.
 */
export async function readSignedBy(database: Kysely<Tables>, query: Query): Promise<readonly SignedRow[]> {
  const { signers, from, after, globs, limit } = query;
  const exact = globs.filter((glob) => !glob.endsWith('*'));
  const prefixes = globs.filter((glob) => glob.endsWith('/*')).map((glob) => glob.slice(0, -1));
  const everything = globs.includes('*');
  const begin = String(Math.max(from, after?.seq ?? 0));
  const { rows } = await sql<{ subject: string; repository: string; seq: string; checkpoint: string | null }>`
    SELECT page.*, (SELECT min(size) FROM head WHERE size > page.seq) AS checkpoint
    FROM (
      SELECT found.* FROM unnest(${signers.map(signerNumber)}::bigint[]) AS wanted (signer)
      CROSS JOIN LATERAL (
        SELECT subject, repository, seq FROM recorded_subject s
        WHERE s.signer = wanted.signer AND s.seq >= ${begin}::bigint
          AND (${after === undefined} OR s.seq > ${begin}::bigint OR s.subject COLLATE "C" > ${after?.subject ?? ''})
          AND (${everything} OR s.repository = ANY (${exact}::text[])
            OR EXISTS (SELECT 1 FROM unnest(${prefixes}::text[]) AS prefix WHERE starts_with(s.repository, prefix)))
        ORDER BY s.seq, s.subject COLLATE "C" LIMIT ${limit}
      ) AS found
      ORDER BY found.seq, found.subject COLLATE "C" LIMIT ${limit}
    ) AS page
    ORDER BY page.seq, page.subject COLLATE "C"`.execute(database);
  return rows.map(({ subject, repository, seq, checkpoint }) => ({
    subject,
    repository,
    seq: parseSeq(seq),
    checkpoint: parseSeq(checkpoint ?? '0'),
  }));
}
