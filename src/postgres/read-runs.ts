import { type Kysely, sql } from 'kysely';
import type { ExpiryPlace, OverdueRuns, RunRow, RunRows } from '../service/run-rows.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

type Filter = Parameters<RunRows['runs']>[0];

/** Runs, newest first, with their attempt counted and the entry that ended them. */
export async function readRuns(database: Kysely<Tables>, filter: Filter): Promise<readonly RunRow[]> {
  const exact = filter.globs.filter((glob) => !glob.endsWith('*'));
  const prefixes = filter.globs.filter((glob) => glob.endsWith('/*')).map((glob) => glob.slice(0, -1));
  const everything = filter.globs.includes('*');
  const { rows } = await sql<{ run: string; seq: string; attempt: string; end_seq: string | null }>`
    SELECT opened.run, opened.seq, ended.seq AS end_seq,
      (SELECT count(*) FROM opened_run before WHERE before.repository = opened.repository
        AND before.commit = opened.commit AND before.seq <= opened.seq) AS attempt
    FROM opened_run opened
    LEFT JOIN LATERAL (SELECT seq, outcome FROM ended_run WHERE ended_run.run = opened.run ORDER BY seq LIMIT 1) ended ON true
    WHERE (${everything} OR opened.repository = ANY (${exact}::text[])
        OR EXISTS (SELECT 1 FROM unnest(${prefixes}::text[]) AS prefix WHERE starts_with(opened.repository, prefix)))
      AND (${filter.repository ?? null}::text IS NULL OR opened.repository = ${filter.repository ?? null})
      AND (${filter.commit ?? null}::text IS NULL OR opened.commit = ${filter.commit ?? null})
      AND (${filter.state ?? null}::text IS NULL OR coalesce(ended.outcome, 'open') = ${filter.state ?? null})
      AND (${filter.beforeSeq ?? null}::bigint IS NULL OR opened.seq < ${filter.beforeSeq ?? null}::bigint)
    ORDER BY opened.seq DESC LIMIT ${filter.limit}`.execute(database);
  return rows.map(({ run, seq, attempt, end_seq }) => ({
    run,
    seq: parseSeq(seq),
    attempt: parseSeq(attempt),
    ...(end_seq === null ? {} : { endSeq: parseSeq(end_seq) }),
  }));
}

/** How many runs of a commit were opened up to an entry. */
export async function countAttempts(
  database: Kysely<Tables>,
  repository: string,
  commit: string,
  seq: number,
): Promise<number> {
  const { attempts } = await database
    .selectFrom('opened_run')
    .select((of) => of.fn.countAll<string>().as('attempts'))
    .where('repository', '=', repository)
    .where('commit', '=', commit)
    .where('seq', '<=', String(seq))
    .executeTakeFirstOrThrow();
  return parseSeq(attempts);
}

/** The next runs in the order of their expiry, each of them looked up in the index of those that ended. */
export async function readOverdueRuns(
  database: Kysely<Tables>,
  after: ExpiryPlace | undefined,
  limit: number,
): Promise<OverdueRuns> {
  const from = after?.expiresAt.toISOString() ?? '-infinity';
  const { rows } = await sql<{ now: Date; run: string | null; expires_at: Date | null; open: boolean | null }>`
    SELECT clock.now, due.run, due.expires_at,
      NOT EXISTS (SELECT 1 FROM ended_run WHERE ended_run.run = due.run) AS open
    FROM (SELECT clock_timestamp() AS now) clock
    LEFT JOIN LATERAL (SELECT run, expires_at FROM opened_run
      WHERE (expires_at, run) > (${from}::timestamptz, ${after?.run ?? ''}) AND expires_at <= clock.now
      ORDER BY expires_at, run LIMIT ${limit}) due ON true
    ORDER BY due.expires_at, due.run`.execute(database);
  const looked = rows.flatMap(({ run, expires_at, open }) =>
    run === null || expires_at === null ? [] : [{ run, expiresAt: expires_at, open }],
  );
  const last = looked.at(-1);
  return {
    open: looked.filter(({ open }) => open === true).map(({ run }) => run),
    looked: looked.length,
    ...(last === undefined ? {} : { last: { expiresAt: last.expiresAt, run: last.run } }),
    now: rows[0]?.now ?? new Date(0),
  };
}
