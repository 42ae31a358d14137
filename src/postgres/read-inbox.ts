import { type Kysely, sql } from 'kysely';
import type { FailingImage, InboxRows } from '../service/inbox/inbox-rows.ts';
import { parseSeq } from './pool.ts';
import { isRetired, RELEASE_STATE } from './read-releases.ts';
import { inScope } from './scope-condition.ts';
import type { Tables } from './tables.ts';

/** Images whose newest verdict fails, the newest of each repository and those that are released; none that was retired everywhere. */
export async function readFailingImages(
  database: Kysely<Tables>,
  { globs, fromSeq, limit }: Parameters<InboxRows['failingImages']>[0],
): Promise<readonly FailingImage[]> {
  const { rows } = await sql<{ digest: string; repository: string; seq: string; environments: string[] }>`
    SELECT * FROM (
      SELECT failed.digest, failed.repository, failed.seq,
        ARRAY(SELECT released.environment FROM recorded_release released
          WHERE released.kind = 'image.released' AND released.digest = failed.digest
            AND released.repository = failed.repository AND ${RELEASE_STATE} = 'current' ORDER BY 1) AS environments,
        (SELECT image.digest FROM signed_image image WHERE image.repository = failed.repository
          ORDER BY image.seq DESC LIMIT 1) AS newest
      FROM recorded_verdict failed
      WHERE failed.seq >= ${String(fromSeq)}::bigint AND failed.verdict = 'fail'
        AND ${inScope('failed.repository', globs)} AND NOT ${isRetired('failed.digest', 'failed.repository')}
        AND NOT EXISTS (SELECT 1 FROM recorded_verdict later WHERE later.digest = failed.digest
          AND later.repository = failed.repository AND later.seq > failed.seq)
    ) AS judged
    WHERE newest = digest OR cardinality(environments) > 0
    ORDER BY seq DESC LIMIT ${limit}`.execute(database);
  return rows.map(({ digest, repository, seq, environments }) => ({
    digest,
    repository,
    seq: parseSeq(seq),
    environments,
  }));
}

/** Runs that have not ended and will between two times, along the index of their ends. */
export async function readEndingRuns(
  database: Kysely<Tables>,
  { globs, from, to, limit }: Parameters<InboxRows['endingRuns']>[0],
): Promise<readonly number[]> {
  const { rows } = await sql<{ seq: string }>`
    SELECT opened.seq FROM opened_run opened
    WHERE opened.expires_at > ${from}::timestamptz AND opened.expires_at <= ${to}::timestamptz
      AND ${inScope('opened.repository', globs)}
      AND NOT EXISTS (SELECT 1 FROM ended_run WHERE ended_run.run = opened.run)
    ORDER BY opened.expires_at, opened.run LIMIT ${limit}`.execute(database);
  return rows.map(({ seq }) => parseSeq(seq));
}
