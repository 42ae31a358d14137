import { type Kysely, type Selectable, sql } from 'kysely';
import type { NoticeType } from '../core/event/notice.ts';
import type {
  ClaimedDelivery,
  DeliveryRow,
  DeliveryState,
  NoticeRow,
  Settlement,
  WebhookStore,
} from '../service/webhook-ports.ts';
import { asServiceError } from './pg-fault.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

type Columns = Selectable<Tables['webhook_delivery']>;

type Deliveries = Pick<
  WebhookStore,
  'advance' | 'add' | 'claim' | 'settle' | 'deliveries' | 'revive' | 'counts' | 'prune'
>;

/** Notices on their way, each a row that is taken, attempted and settled in transactions of its own. */
export function openDeliveries(database: Kysely<Tables>): Deliveries {
  return {
    advance: (id, from, to, notices, at) =>
      asServiceError(async () => {
        const { rows } = await sql<{ moved: string }>`
          WITH moved AS (
            UPDATE webhook SET cursor = ${String(to)}::bigint
            WHERE id = ${id} AND cursor = ${String(from)}::bigint AND disabled_at IS NULL RETURNING id
          ), added AS (${insertOf(notices, at, sql`SELECT id FROM moved`)})
          SELECT count(*) AS moved FROM moved`.execute(database);
        return rows[0]?.moved === '1';
      }),
    add: (id, notices, at) =>
      asServiceError(async () => {
        if (notices.length === 0) return 0;
        const { numAffectedRows } = await insertOf(
          notices,
          at,
          sql`SELECT id FROM webhook WHERE id = ${id} AND disabled_at IS NULL`,
        ).execute(database);
        return Number(numAffectedRows ?? 0n);
      }),
    claim: (id, most, at, leaseSeconds) => asServiceError(() => claim(database, id, most, at, leaseSeconds)),
    settle: (id, delivery, settlement) => asServiceError(() => settle(database, id, delivery, settlement)),
    deliveries: (id, filter) => asServiceError(() => readDeliveries(database, id, filter)),
    revive: (id, delivery, at) =>
      asServiceError(async () => {
        const { numUpdatedRows } = await database
          .updateTable('webhook_delivery')
          .set({ state: 'waiting', attempts: 0, due_at: at, settled_at: null, lease: null, lease_until: null })
          .where('webhook', '=', id)
          .where('state', '=', 'dead')
          .$if(delivery !== undefined, (query) => query.where('id', '=', String(delivery)))
          .executeTakeFirstOrThrow();
        return Number(numUpdatedRows);
      }),
    counts: () => asServiceError(() => countDeliveries(database)),
    prune: (before, keep) =>
      asServiceError(async () => {
        const { numDeletedRows } = await database
          .deleteFrom('webhook_delivery')
          .where('state', '<>', 'waiting')
          .where('settled_at', '<', before)
          .where('type', 'not in', [...keep])
          .executeTakeFirstOrThrow();
        return Number(numDeletedRows);
      }),
  };
}

/** Leases go by the database's clock, which all replicas share; what is due by the service's. */
async function claim(
  database: Kysely<Tables>,
  id: string,
  most: number,
  at: Date,
  leaseSeconds: number,
): Promise<readonly ClaimedDelivery[]> {
  const { rows } = await sql<Columns & { readonly lease: string }>`
    WITH due AS MATERIALIZED (
      SELECT webhook, id FROM webhook_delivery
      WHERE webhook = ${id} AND state = 'waiting' AND due_at <= ${at}
        AND (lease_until IS NULL OR lease_until <= clock_timestamp())
      ORDER BY due_at, seq LIMIT ${most} FOR UPDATE SKIP LOCKED
    )
    UPDATE webhook_delivery AS delivery SET attempts = attempts + 1, lease = gen_random_uuid(),
      lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    FROM due WHERE delivery.webhook = due.webhook AND delivery.id = due.id RETURNING delivery.*`.execute(database);
  return rows.map((row) => ({ ...deliveryRow(row), lease: row.lease }));
}

function settle(
  database: Kysely<Tables>,
  id: string,
  delivery: ClaimedDelivery,
  settlement: Settlement,
): Promise<void> {
  return database.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('webhook_delivery')
      .set(settled(settlement))
      .where('webhook', '=', id)
      .where('id', '=', delivery.id)
      .where('lease', '=', delivery.lease)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n || settlement.state !== 'delivered') return;
    await transaction.updateTable('webhook').set({ last_delivered_at: settlement.at }).where('id', '=', id).execute();
  });
}

async function readDeliveries(
  database: Kysely<Tables>,
  id: string,
  { state, before, limit }: Parameters<WebhookStore['deliveries']>[1],
): Promise<readonly DeliveryRow[]> {
  const rows = await database
    .selectFrom('webhook_delivery')
    .selectAll()
    .where('webhook', '=', id)
    .$if(state !== undefined, (query) => query.where('state', '=', String(state)))
    .$if(before !== undefined, (query) =>
      query.where(sql<boolean>`(seq, id) < (${String(before?.seq)}::bigint, ${before?.id})`),
    )
    .orderBy('seq', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(deliveryRow);
}

/** Adds the notices for each webhook that `webhooks` selects, but for those that are there. */
function insertOf(notices: readonly NoticeRow[], at: Date, webhooks: ReturnType<typeof sql>) {
  return sql`
    INSERT INTO webhook_delivery (webhook, id, type, seq, occurred_at, due_at, created_at)
    SELECT chosen.id, notice.id, notice.type, notice.seq, notice.occurred_at, ${at}, ${at}
    FROM (${webhooks}) AS chosen CROSS JOIN unnest(${notices.map(({ id }) => id)}::text[], ${notices.map(({ type }) => type)}::text[],
      ${notices.map(({ seq }) => String(seq))}::bigint[], ${notices.map(({ occurredAt }) => occurredAt ?? null)}::timestamptz[])
      AS notice (id, type, seq, occurred_at)
    ON CONFLICT DO NOTHING`;
}

function settled(settlement: Settlement) {
  const { state, fault, status, at } = settlement;
  return {
    state,
    lease: null,
    lease_until: null,
    last_fault: fault ?? null,
    last_status: status ?? null,
    ...(settlement.state === 'waiting' ? { due_at: settlement.dueAt } : { settled_at: at }),
  };
}

async function countDeliveries(database: Kysely<Tables>): ReturnType<WebhookStore['counts']> {
  const { rows } = await sql<{ webhook: string; waiting: string; dead: string; oldest: Date | null }>`
    SELECT webhook.id AS webhook, coalesce(counted.waiting, 0) AS waiting, coalesce(counted.dead, 0) AS dead, counted.oldest
    FROM webhook LEFT JOIN (
      SELECT webhook, count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'dead') AS dead,
        min(created_at) FILTER (WHERE state = 'waiting') AS oldest
      FROM webhook_delivery WHERE state <> 'delivered' GROUP BY webhook
    ) AS counted ON counted.webhook = webhook.id`.execute(database);
  return new Map(
    rows.map(({ webhook, waiting, dead, oldest }) => [
      webhook,
      {
        waiting: Number(waiting),
        dead: Number(dead),
        ...(oldest === null ? {} : { oldestAt: new Date(oldest) }),
      },
    ]),
  );
}

function deliveryRow(row: Columns): DeliveryRow {
  return {
    id: row.id,
    // Whoever writes to the database may have put anything there: it is held to the entry before anything is sent.
    type: row.type as NoticeType,
    seq: parseSeq(row.seq),
    ...(row.occurred_at === null ? {} : { occurredAt: new Date(row.occurred_at) }),
    state: row.state as DeliveryState,
    attempts: row.attempts,
    dueAt: new Date(row.due_at),
    createdAt: new Date(row.created_at),
    ...(row.settled_at === null ? {} : { settledAt: new Date(row.settled_at) }),
    ...(row.last_fault === null ? {} : { lastFault: row.last_fault }),
    ...(row.last_status === null ? {} : { lastStatus: row.last_status }),
  };
}
