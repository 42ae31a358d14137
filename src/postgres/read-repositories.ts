import { type Kysely, sql } from 'kysely';
import type { RepositoryRow, SearchRows } from '../service/search-rows.ts';
import { entriesSince, sinceMember } from './entries-since.ts';
import { parseSeq } from './pool.ts';
import { isRetired } from './read-releases.ts';
import { inScope } from './scope-condition.ts';
import type { Tables } from './tables.ts';

/** Images are counted as far as this, so that a page costs a page however much a repository holds. */
const COUNTED_MAX = 1_000;

/** A page of repositories by name, and of each what it holds and what was last done in it. */
export async function readRepositories(
  database: Kysely<Tables>,
  { globs, after, limit }: Parameters<SearchRows['repositories']>[0],
): Promise<readonly RepositoryRow[]> {
  const { rows } = await sql<{
    name: string;
    images: string;
    newest_digest: string | null;
    signed_at: Date | null;
    signed_seq: string | null;
    judged_digest: string | null;
    verdict: string | null;
    judged_seq: string | null;
    judged_since: string;
    judged_retired: boolean;
    active_seq: string | null;
  }>`
    SELECT shown.name,
      (SELECT count(*) FROM (SELECT DISTINCT digest FROM signed_image image
        WHERE image.repository = shown.name LIMIT ${COUNTED_MAX}) AS counted) AS images,
      newest.digest AS newest_digest, newest.signed_at, newest.seq AS signed_seq,
      judged.digest AS judged_digest, judged.verdict, judged.seq AS judged_seq,
      ${entriesSince('judged.digest', 'shown.name', 'judged.cut')} AS judged_since,
      ${isRetired('judged.digest', 'shown.name')} AS judged_retired,
      greatest(newest.seq, judged.seq, ran.seq) AS active_seq
    FROM (SELECT name FROM known_name known
      WHERE known.area = 'repository' AND known.name COLLATE "C" > ${after ?? ''} AND ${inScope('known.name', globs)}
      ORDER BY known.name COLLATE "C" LIMIT ${limit}) AS shown
    LEFT JOIN LATERAL (SELECT digest, signed_at, seq FROM signed_image image
      WHERE image.repository = shown.name ORDER BY image.seq DESC LIMIT 1) newest ON true
    LEFT JOIN LATERAL (SELECT digest, verdict, seq, coalesce(cut, seq) AS cut FROM recorded_verdict v
      WHERE v.repository = shown.name ORDER BY v.seq DESC LIMIT 1) judged ON true
    LEFT JOIN LATERAL (SELECT seq FROM opened_run opened
      WHERE opened.repository = shown.name ORDER BY opened.seq DESC LIMIT 1) ran ON true
    ORDER BY shown.name COLLATE "C"`.execute(database);
  return rows.map((row) => ({
    repository: row.name,
    images: parseSeq(row.images),
    ...(row.newest_digest === null || row.signed_at === null || row.signed_seq === null
      ? {}
      : {
          newest: { digest: row.newest_digest, signedAt: row.signed_at.toISOString(), seq: parseSeq(row.signed_seq) },
        }),
    ...(row.judged_digest === null || row.verdict === null || row.judged_seq === null
      ? {}
      : {
          judged: {
            digest: row.judged_digest,
            verdict: row.verdict,
            seq: parseSeq(row.judged_seq),
            ...sinceMember(row.judged_since),
            ...(row.judged_retired ? { retired: true as const } : {}),
          },
        }),
    ...(row.active_seq === null ? {} : { activeSeq: parseSeq(row.active_seq) }),
  }));
}
