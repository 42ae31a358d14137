import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import type { ImageRow, ProjectionStore } from '../service/ports.ts';
import { entriesSince, sinceMember } from './entries-since.ts';
import { type RunStatement, runOn, type Statement } from './ledger-transaction.ts';
import { asServiceError } from './pg-fault.ts';
import { parseSeq } from './pool.ts';
import { readBuiltImages } from './read-built-images.ts';
import { readEndingRuns, readFailingImages } from './read-inbox.ts';
import { isRetired, readReleases, readReleasesOf } from './read-releases.ts';
import { readRepositories } from './read-repositories.ts';
import { countAttempts, readOverdueRuns, readRuns } from './read-runs.ts';
import { openSearchRows } from './read-search.ts';
import { readSignedBy } from './read-signed-by.ts';
import { createTurns } from './read-turns.ts';
import { readWaivers } from './read-waivers.ts';
import { splitGlobs } from './split-globs.ts';
import type { Tables } from './tables.ts';

/** Lists of images that are read at once: a filter may have the database go through all of them, for seconds. */
const LISTS_AT_ONCE_MAX = 2;
const LISTS_WAITING_MAX = 64;

const READ_REPOSITORIES_OF: Statement = {
  name: 'read-repositories-of',
  text: `SELECT repository FROM recorded_subject WHERE subject = $1
    UNION SELECT repository FROM image_child WHERE child = $1
    ORDER BY repository`,
};

/** Lookups beside the ledger, out of its projections. */
export function openProjectionStore(database: Kysely<Tables>, pool: pg.Pool): ProjectionStore {
  const run = runOn(pool);
  const inTurn = createTurns(LISTS_AT_ONCE_MAX, LISTS_WAITING_MAX);
  return {
    repositoriesOf: (digest) => asServiceError(() => repositoriesOf(run, digest)),
    indexesOf: (digest, repository) =>
      asServiceError(async () => {
        const rows = await database
          .selectFrom('image_child')
          .select('parent')
          .distinct()
          .where('child', '=', digest)
          .where('repository', '=', repository)
          .where('parent', '<>', digest)
          .orderBy('parent')
          .execute();
        return rows.map(({ parent }) => parent);
      }),
    images: (filter) => inTurn(() => asServiceError(() => readImages(database, filter))),
    releases: (filter) => inTurn(() => asServiceError(() => readReleases(database, filter))),
    releasesOf: (images, eachMax) => inTurn(() => asServiceError(() => readReleasesOf(database, images, eachMax))),
    imagesOfCommits: (commits, eachMax) =>
      inTurn(() => asServiceError(() => readBuiltImages(database, commits, eachMax))),
    waivers: (filter) => inTurn(() => asServiceError(() => readWaivers(database, filter))),
    signedBy: (query) => inTurn(() => asServiceError(() => readSignedBy(database, query))),
    names: (area, afterSeq, limit) =>
      asServiceError(async () => {
        const rows = await database
          .selectFrom('known_name')
          .select(['name', 'seq'])
          .where('area', '=', area)
          .where('seq', '>', String(afterSeq ?? -1))
          .orderBy('seq')
          .limit(limit)
          .execute();
        return rows.map(({ name, seq }) => ({ name, seq: parseSeq(seq) }));
      }),
    runs: (filter) => inTurn(() => asServiceError(() => readRuns(database, filter))),
    repositories: (query) => inTurn(() => asServiceError(() => readRepositories(database, query))),
    failingImages: (query) => inTurn(() => asServiceError(() => readFailingImages(database, query))),
    endingRuns: (query) => asServiceError(() => readEndingRuns(database, query)),
    ...openSearchRows(database),
    attempt: (repository, commit, seq) => asServiceError(() => countAttempts(database, repository, commit, seq)),
    overdueRuns: (after, limit) => asServiceError(() => readOverdueRuns(database, after, limit)),
  };
}

async function repositoriesOf(run: RunStatement, digest: string): Promise<readonly string[]> {
  return (await run<{ repository: string }>(READ_REPOSITORIES_OF, [digest])).map(({ repository }) => repository);
}

type Filter = Parameters<ProjectionStore['images']>[0];

async function readImages(database: Kysely<Tables>, filter: Filter): Promise<readonly ImageRow[]> {
  const { exact, prefixes, everything } = splitGlobs(filter.globs);
  const { rows } = await sql<{
    digest: string;
    repository: string;
    media_type: string;
    shape: string;
    signed_at: Date;
    seq: string;
    attestations: string;
    verdict: string | null;
    since: string;
    retired: boolean;
  }>`
    SELECT image.*, newest.verdict, ${isRetired('image.digest', 'image.repository')} AS retired,
      ${entriesSince('image.digest', 'image.repository', 'newest.cut')} AS since,
      (SELECT count(*) FROM recorded_subject s
        WHERE s.subject = image.digest AND s.repository = image.repository AND s.stage IS NOT NULL) AS attestations
    FROM signed_image image
    LEFT JOIN LATERAL (SELECT verdict, coalesce(cut, seq) AS cut FROM recorded_verdict v
      WHERE v.digest = image.digest AND v.repository = image.repository ORDER BY v.seq DESC LIMIT 1) newest ON true
    WHERE NOT EXISTS (SELECT 1 FROM signed_image later
        WHERE later.digest = image.digest AND later.repository = image.repository AND later.seq > image.seq)
      AND (${everything} OR image.repository = ANY (${exact}::text[])
        OR EXISTS (SELECT 1 FROM unnest(${prefixes}::text[]) AS prefix WHERE starts_with(image.repository, prefix)))
      AND (${filter.digest ?? null}::text IS NULL OR image.digest = ${filter.digest ?? null})
      AND (${filter.repository ?? null}::text IS NULL OR image.repository = ${filter.repository ?? null})
      AND (${filter.verdict ?? null}::text IS NULL OR coalesce(newest.verdict, 'none') = ${filter.verdict ?? null})
      AND (${filter.beforeSeq ?? null}::bigint IS NULL OR image.seq < ${filter.beforeSeq ?? null}::bigint)
    ORDER BY image.seq DESC LIMIT ${filter.limit}`.execute(database);
  return rows.map((row) => ({
    digest: row.digest,
    repository: row.repository,
    mediaType: row.media_type,
    shape: row.shape,
    signedAt: row.signed_at.toISOString(),
    seq: parseSeq(row.seq),
    attestations: parseSeq(row.attestations),
    ...(row.verdict === null ? {} : { verdict: row.verdict }),
    ...sinceMember(row.since),
    ...(row.retired ? { retired: true as const } : {}),
  }));
}
