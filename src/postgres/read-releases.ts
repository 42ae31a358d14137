import { type Kysely, sql } from 'kysely';
import type { ProjectionStore, ReleaseRow } from '../service/ports.ts';
import { parseSeq } from './pool.ts';
import { splitGlobs } from './split-globs.ts';
import type { Tables } from './tables.ts';

type Filter = Parameters<ProjectionStore['releases']>[0];

/** Where the row `released` stands. */
export const RELEASE_STATE = sql`CASE
  WHEN EXISTS (SELECT 1 FROM recorded_release ended
    WHERE ended.kind = 'image.retired' AND ended.digest = released.digest AND ended.repository = released.repository
      AND (ended.environment IS NULL OR ended.environment = released.environment AND ended.seq > released.seq
        AND NOT EXISTS (SELECT 1 FROM recorded_release between_both WHERE between_both.kind = 'image.released'
          AND between_both.repository = released.repository AND between_both.environment = released.environment
          AND between_both.seq > released.seq AND between_both.seq < ended.seq))) THEN 'retired'
  WHEN EXISTS (SELECT 1 FROM recorded_release later
    WHERE later.kind = 'image.released' AND later.repository = released.repository
      AND later.environment = released.environment AND later.seq > released.seq) THEN 'superseded'
  ELSE 'current' END`;

/** Whether the image was retired everywhere, for good, by the columns that name it. */
export function isRetired(digest: string, repository: string) {
  return sql<boolean>`EXISTS (SELECT 1 FROM recorded_release ended WHERE ended.kind = 'image.retired'
    AND ended.digest = ${sql.ref(digest)} AND ended.repository = ${sql.ref(repository)} AND ended.environment IS NULL)`;
}

/** A page of releases, the newest first, and where each stands. */
export async function readReleases(database: Kysely<Tables>, filter: Filter): Promise<readonly ReleaseRow[]> {
  const { exact, prefixes, everything } = splitGlobs(filter.globs);
  const { rows } = await sql<{ seq: string; state: ReleaseRow['state'] }>`
    SELECT released.seq, ${RELEASE_STATE} AS state
    FROM recorded_release released
    WHERE released.kind = 'image.released'
      AND (${everything} OR released.repository = ANY (${exact}::text[])
        OR EXISTS (SELECT 1 FROM unnest(${prefixes}::text[]) AS prefix WHERE starts_with(released.repository, prefix)))
      AND (${filter.seq ?? null}::bigint IS NULL OR released.seq = ${filter.seq ?? null}::bigint)
      AND (${filter.repository ?? null}::text IS NULL OR released.repository = ${filter.repository ?? null})
      AND (${filter.environment ?? null}::text IS NULL OR released.environment = ${filter.environment ?? null})
      AND (${filter.digest ?? null}::text IS NULL OR released.digest = ${filter.digest ?? null})
      AND (${filter.beforeSeq ?? null}::bigint IS NULL OR released.seq < ${filter.beforeSeq ?? null}::bigint)
    ORDER BY released.seq DESC LIMIT ${filter.limit}`.execute(database);
  return rows.map(({ seq, state }) => ({ seq: parseSeq(seq), state }));
}

/** Of each image its newest releases, each image along its index, so that one with many costs the others nothing. */
export async function readReleasesOf(
  database: Kysely<Tables>,
  images: readonly { readonly digest: string; readonly repository: string }[],
  eachMax: number,
): Promise<readonly ReleaseRow[]> {
  if (images.length === 0) return [];
  const [digests, repositories] = [images.map(({ digest }) => digest), images.map(({ repository }) => repository)];
  const { rows } = await sql<{ seq: string; state: ReleaseRow['state'] }>`
    SELECT released.seq, ${RELEASE_STATE} AS state
    FROM unnest(${digests}::text[], ${repositories}::text[]) AS wanted (digest, repository)
    CROSS JOIN LATERAL (
      SELECT * FROM recorded_release one
      WHERE one.kind = 'image.released' AND one.digest = wanted.digest AND one.repository = wanted.repository
      ORDER BY one.seq DESC LIMIT ${eachMax}
    ) AS released
    ORDER BY released.seq DESC`.execute(database);
  return rows.map(({ seq, state }) => ({ seq: parseSeq(seq), state }));
}
