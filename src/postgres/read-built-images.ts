import { type Kysely, sql } from 'kysely';
import type { BuiltImage } from '../service/ports.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

/**
 * Of each commit its newest images, by the list of each of its runs: each commit along its index, so that one with many runs
 * costs the others nothing.
 */
export async function readBuiltImages(
  database: Kysely<Tables>,
  commits: readonly { readonly commit: string; readonly repository: string }[],
  eachMax: number,
): Promise<readonly BuiltImage[]> {
  if (commits.length === 0) return [];
  const { rows } = await sql<{
    commit: string;
    repository: string;
    digest: string;
    signed_seq: string;
    opened_seq: string;
  }>`
    SELECT built.* FROM
      unnest(${commits.map(({ commit }) => commit)}::text[], ${commits.map(({ repository }) => repository)}::text[])
        AS wanted (commit, repository)
    CROSS JOIN LATERAL (
      SELECT opened.commit, opened.repository, signed.digest, signed.seq AS signed_seq, opened.seq AS opened_seq
      FROM opened_run opened
      JOIN list_entry listed ON listed.key = 'run:' || opened.run
      JOIN signed_image signed ON signed.seq = listed.seq AND signed.repository = opened.repository
      WHERE opened.repository = wanted.repository AND opened.commit = wanted.commit
      ORDER BY signed.seq DESC LIMIT ${eachMax}
    ) AS built
    ORDER BY built.signed_seq DESC`.execute(database);
  return rows.map(({ commit, repository, digest, signed_seq, opened_seq }) => ({
    commit,
    repository,
    digest,
    signedSeq: parseSeq(signed_seq),
    openedSeq: parseSeq(opened_seq),
  }));
}
