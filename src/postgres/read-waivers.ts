import { type Kysely, sql } from 'kysely';
import type { ProjectionStore } from '../service/ports.ts';
import { parseSeq } from './pool.ts';
import { splitGlobs } from './split-globs.ts';
import type { Tables } from './tables.ts';

type Filter = Parameters<ProjectionStore['waivers']>[0];

/** A page of waivers, the newest request first. Where each stands is computed at `now`, as the service says it of one. */
export async function readWaivers(
  database: Kysely<Tables>,
  filter: Filter,
): Promise<readonly { readonly waiver: string; readonly seq: number }[]> {
  const { exact, prefixes, everything } = splitGlobs(filter.globs);
  const has = (kind: string) => sql`EXISTS (SELECT 1 FROM recorded_waiver later
    WHERE later.waiver = asked.waiver AND later.kind = ${kind})`;
  const { rows } = await sql<{ waiver: string; seq: string }>`
    SELECT waiver, seq FROM (
      SELECT asked.waiver, asked.seq, CASE
        WHEN ${has('waiver.revoked')} THEN 'revoked'
        WHEN ${has('waiver.approved')} THEN CASE WHEN asked.expires <= ${filter.now} THEN 'expired' ELSE 'in-force' END
        WHEN asked.break_glass AND asked.recorded_at + interval '24 hours' <= ${filter.now}::timestamptz THEN 'lapsed'
        WHEN asked.expires <= ${filter.now} THEN 'expired'
        WHEN asked.break_glass THEN 'break-glass'
        ELSE 'requested' END AS state
      FROM recorded_waiver asked
      WHERE asked.kind = 'waiver.requested'
        AND (${everything} OR asked.repository = ANY (${exact}::text[])
          OR EXISTS (SELECT 1 FROM unnest(${prefixes}::text[]) AS prefix WHERE starts_with(asked.repository, prefix)))
        AND (${filter.repository ?? null}::text IS NULL OR asked.repository = ${filter.repository ?? null})
        AND (${filter.digest ?? null}::text IS NULL OR asked.digest = ${filter.digest ?? null})
        AND (${filter.expiresBefore ?? null}::text IS NULL OR asked.expires < ${filter.expiresBefore ?? null})
        AND (${filter.beforeSeq ?? null}::bigint IS NULL OR asked.seq < ${filter.beforeSeq ?? null}::bigint)
    ) AS standing
    WHERE ${filter.state ?? null}::text IS NULL OR state = ${filter.state ?? null}
    ORDER BY seq DESC LIMIT ${filter.limit}`.execute(database);
  return rows.map(({ waiver, seq }) => ({ waiver, seq: parseSeq(seq) }));
}
