import { type Kysely, sql } from 'kysely';
import type {
  FoundCommit,
  FoundImage,
  FoundRun,
  FoundTag,
  FoundWaiver,
  PrefixQuery,
  SearchRows,
} from '../service/search-rows.ts';
import { entriesSince, sinceMember } from './entries-since.ts';
import { asServiceError } from './pg-fault.ts';
import { parseSeq } from './pool.ts';
import { isRetired } from './read-releases.ts';
import { beginsWith, inScope } from './scope-condition.ts';
import type { Tables } from './tables.ts';

/** Searches over the projections, each along an index that is sorted by bytes. */
export function openSearchRows(database: Kysely<Tables>): Omit<SearchRows, 'repositories'> {
  return {
    imagesLike: (query) => asServiceError(() => readImagesLike(database, query)),
    commitsLike: (query) => asServiceError(() => readCommitsLike(database, query)),
    runsLike: (query) => asServiceError(() => readRunsLike(database, query)),
    tagsLike: (query) => asServiceError(() => readTagsLike(database, query)),
    waiversLike: (query) => asServiceError(() => readWaiversLike(database, query)),
    namesLike: (area, query) => asServiceError(() => readNamesLike(database, area, { ...query, globs: ['*'] })),
    repositoriesLike: (query) => asServiceError(() => readNamesLike(database, 'repository', query)),
  };
}

async function readImagesLike(
  database: Kysely<Tables>,
  { prefix, globs, limit, repository }: PrefixQuery & { readonly repository?: string },
): Promise<readonly FoundImage[]> {
  const isMeant = (column: string) =>
    repository === undefined
      ? inScope(column, globs)
      : sql`(${inScope(column, globs)} AND ${sql.ref(column)} = ${repository})`;
  const { rows } = await sql<{
    digest: string;
    repository: string;
    signed_at: Date | null;
    verdict: string | null;
    since: string;
    retired: boolean;
  }>`
    SELECT found.digest, found.repository, newest.signed_at, judged.verdict,
      ${entriesSince('found.digest', 'found.repository', 'judged.cut')} AS since,
      ${isRetired('found.digest', 'found.repository')} AS retired
    FROM (SELECT known.digest COLLATE "default" AS digest, known.repository FROM (
        (SELECT DISTINCT image.digest COLLATE "C" AS digest, image.repository FROM signed_image image
          WHERE ${beginsWith('image.digest', prefix)} AND ${isMeant('image.repository')} ORDER BY 1, 2 LIMIT ${limit})
        UNION (SELECT DISTINCT child.child COLLATE "C", child.repository FROM image_child child
          WHERE ${beginsWith('child.child', prefix)} AND ${isMeant('child.repository')} ORDER BY 1, 2 LIMIT ${limit})
        UNION (SELECT DISTINCT about.subject COLLATE "C", about.repository FROM recorded_subject about
          WHERE about.subject = ${prefix} AND ${isMeant('about.repository')} ORDER BY 1, 2 LIMIT ${limit})
      ) AS known ORDER BY known.digest, known.repository LIMIT ${limit}) AS found
    LEFT JOIN LATERAL (SELECT signed_at FROM signed_image image
      WHERE image.digest = found.digest AND image.repository = found.repository ORDER BY seq DESC LIMIT 1) newest ON true
    LEFT JOIN LATERAL (SELECT verdict, coalesce(cut, seq) AS cut FROM recorded_verdict v
      WHERE v.digest = found.digest AND v.repository = found.repository ORDER BY seq DESC LIMIT 1) judged ON true
    ORDER BY found.digest COLLATE "C", found.repository`.execute(database);
  return rows.map(({ digest, repository: name, signed_at, verdict, since, retired }) => ({
    digest,
    repository: name,
    ...(signed_at === null ? {} : { signedAt: signed_at.toISOString() }),
    ...(verdict === null ? {} : { verdict }),
    ...sinceMember(since),
    ...(retired ? { retired: true as const } : {}),
  }));
}

async function readCommitsLike(
  database: Kysely<Tables>,
  { prefix, globs, limit }: PrefixQuery,
): Promise<readonly FoundCommit[]> {
  const subject = `gitCommit:${prefix}`;
  const { rows } = await sql<{ commit: string; repository: string; runs: string }>`
    SELECT commit, repository, sum(runs)::bigint AS runs FROM (
      (SELECT opened.commit COLLATE "C" AS commit, opened.repository, count(*) AS runs FROM opened_run opened
        WHERE ${beginsWith('opened.commit', prefix)} AND ${inScope('opened.repository', globs)}
        GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ${limit})
      UNION ALL (SELECT DISTINCT ${prefix}::text COLLATE "C", about.repository, 0::bigint FROM recorded_subject about
        WHERE about.subject = ${subject} AND ${inScope('about.repository', globs)} ORDER BY 2 LIMIT ${limit})
    ) AS known
    GROUP BY commit, repository ORDER BY commit, repository LIMIT ${limit}`.execute(database);
  return rows.map(({ commit, repository, runs }) => ({ commit, repository, runs: parseSeq(runs) }));
}

async function readRunsLike(
  database: Kysely<Tables>,
  { prefix, globs, limit }: PrefixQuery,
): Promise<readonly FoundRun[]> {
  const { rows } = await sql<FoundRun>`
    SELECT opened.run, opened.repository, opened.commit, coalesce(ended.outcome, 'open') AS state
    FROM opened_run opened
    LEFT JOIN LATERAL (SELECT outcome FROM ended_run WHERE ended_run.run = opened.run ORDER BY seq LIMIT 1) ended ON true
    WHERE ${beginsWith('opened.run', prefix)} AND ${inScope('opened.repository', globs)}
    ORDER BY opened.run COLLATE "C" LIMIT ${limit}`.execute(database);
  return rows;
}

async function readTagsLike(
  database: Kysely<Tables>,
  { prefix, globs, limit, repository }: PrefixQuery & { readonly repository?: string },
): Promise<readonly FoundTag[]> {
  const { rows } = await sql<{ tag: string; repository: string; digest: string; signed_at: Date }>`
    SELECT named.*, image.signed_at
    FROM (SELECT given.tag, given.repository, given.digest, given.seq FROM image_tag given
      WHERE ${beginsWith('given.tag', prefix)} AND ${inScope('given.repository', globs)}
        AND (${repository ?? null}::text IS NULL OR given.repository = ${repository ?? null})
      ORDER BY given.tag COLLATE "C", given.seq DESC LIMIT ${limit}) AS named
    CROSS JOIN LATERAL (SELECT signed_at FROM signed_image signed
      WHERE signed.digest = named.digest AND signed.repository = named.repository AND signed.seq = named.seq) AS image
    ORDER BY named.tag COLLATE "C", named.seq DESC`.execute(database);
  return rows.map(({ tag, repository: name, digest, signed_at }) => ({
    tag,
    repository: name,
    digest,
    signedAt: signed_at.toISOString(),
  }));
}

async function readWaiversLike(
  database: Kysely<Tables>,
  { prefix, globs, limit }: PrefixQuery,
): Promise<readonly FoundWaiver[]> {
  const { rows } = await sql<FoundWaiver>`
    SELECT asked.waiver, asked.repository, asked.digest FROM recorded_waiver asked
    WHERE asked.kind = 'waiver.requested' AND ${beginsWith('asked.waiver', prefix)}
      AND ${inScope('asked.repository', globs)}
    ORDER BY asked.waiver COLLATE "C" LIMIT ${limit}`.execute(database);
  return rows;
}

async function readNamesLike(
  database: Kysely<Tables>,
  area: 'contract' | 'signer' | 'repository',
  { prefix, globs, limit }: PrefixQuery,
): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT known.name FROM known_name known
    WHERE known.area = ${area} AND ${beginsWith('known.name', prefix)} AND ${inScope('known.name', globs)}
    ORDER BY known.name COLLATE "C" LIMIT ${limit}`.execute(database);
  return rows.map(({ name }) => name);
}
