import { type Kysely, type Selectable, sql } from 'kysely';
import type { DisabledBecause, SecretRow, WebhookRow, WebhookStore } from '../service/webhook-ports.ts';
import { openDeliveries } from './delivery-store.ts';
import { asServiceError } from './pg-fault.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

type Columns = Selectable<Tables['webhook']> & {
  readonly secrets: readonly { readonly generation: number; readonly mac: string; readonly until: string | null }[];
};

/** Webhooks, and the deliveries that each has. */
export function openWebhookStore(database: Kysely<Tables>): WebhookStore {
  const read = async (id: string | null): Promise<readonly WebhookRow[]> => {
    const { rows } = await sql<Columns>`
      SELECT webhook.*, coalesce((
          SELECT json_agg(json_build_object('generation', generation, 'mac', encode(mac, 'hex'), 'until', until)
            ORDER BY generation DESC)
          FROM webhook_secret WHERE webhook_secret.webhook = webhook.id), '[]') AS secrets
      FROM webhook WHERE ${id}::text IS NULL OR id = ${id}::text
      ORDER BY created_at, id`.execute(database);
    return rows.map(webhookRow);
  };
  return {
    insert: (webhook, most) => asServiceError(() => insert(database, webhook, most)),
    list: () => asServiceError(() => read(null)),
    find: (id) => asServiceError(async () => (await read(id))[0]),
    remove: (id) =>
      asServiceError(async () => {
        const { numDeletedRows } = await database.deleteFrom('webhook').where('id', '=', id).executeTakeFirstOrThrow();
        return numDeletedRows > 0n;
      }),
    disable: (id, because, at) =>
      asServiceError(async () => {
        await database
          .updateTable('webhook')
          .set({ disabled_at: at, disabled_because: because })
          .where('id', '=', id)
          .where('disabled_at', 'is', null)
          .execute();
      }),
    enable: (id, cursor, at) =>
      asServiceError(() =>
        database.transaction().execute(async (transaction) => {
          await transaction
            .updateTable('webhook')
            .set({
              disabled_at: null,
              disabled_because: null,
              // What went wrong before does not count against it any more.
              last_delivered_at: at,
              ...(cursor === undefined ? {} : { cursor: String(cursor) }),
            })
            .where('id', '=', id)
            .execute();
          await transaction
            .updateTable('webhook_delivery')
            .set({ due_at: at })
            .where('webhook', '=', id)
            .where('state', '=', 'waiting')
            .execute();
        }),
      ),
    rotate: (id, from, secrets) => asServiceError(() => rotate(database, id, from, secrets)),
    ...openDeliveries(database),
  };
}

/** Webhooks are few: whoever makes one waits for whoever makes another, so that there are never more than `most` says. */
function insert(
  database: Kysely<Tables>,
  webhook: Parameters<WebhookStore['insert']>[0],
  most: Parameters<WebhookStore['insert']>[1],
): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    await sql`LOCK TABLE webhook IN SHARE ROW EXCLUSIVE MODE`.execute(transaction);
    const makers = await transaction.selectFrom('webhook').select('created_by').execute();
    const own = makers.filter(({ created_by }) => created_by === webhook.createdBy);
    if (makers.length >= most.together || own.length >= most.ofMaker) return false;
    const { id, url, title, types, repositories, createdBy, createdAt, cursor, secrets } = webhook;
    await transaction
      .insertInto('webhook')
      .values({
        id,
        url,
        title: title ?? null,
        types: [...types],
        repositories: [...repositories],
        created_by: createdBy,
        created_at: createdAt,
        cursor: String(cursor),
        disabled_at: null,
        disabled_because: null,
        last_delivered_at: null,
      })
      .execute();
    await insertSecrets(transaction, id, secrets);
    return true;
  });
}

function rotate(database: Kysely<Tables>, id: string, from: number, secrets: readonly SecretRow[]): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    const locked = await transaction.selectFrom('webhook').select('id').where('id', '=', id).forUpdate().execute();
    const { rows } = await sql<{ newest: number | null }>`
      SELECT max(generation) AS newest FROM webhook_secret WHERE webhook = ${id}`.execute(transaction);
    if (locked.length === 0 || rows[0]?.newest !== from) return false;
    await transaction.deleteFrom('webhook_secret').where('webhook', '=', id).execute();
    await insertSecrets(transaction, id, secrets);
    return true;
  });
}

async function insertSecrets(database: Kysely<Tables>, webhook: string, secrets: readonly SecretRow[]): Promise<void> {
  const rows = secrets.map(({ generation, mac, until }) => ({
    webhook,
    generation,
    mac: Buffer.from(mac),
    until: until ?? null,
  }));
  await database.insertInto('webhook_secret').values(rows).execute();
}

function webhookRow(row: Columns): WebhookRow {
  const { disabled_at: disabledAt, last_delivered_at: lastDeliveredAt } = row;
  return {
    id: row.id,
    url: row.url,
    ...(row.title === null ? {} : { title: row.title }),
    types: row.types,
    repositories: row.repositories,
    createdBy: row.created_by,
    createdAt: new Date(row.created_at),
    cursor: row.cursor === '-1' ? -1 : parseSeq(row.cursor),
    ...(disabledAt === null
      ? {}
      : { disabled: { at: new Date(disabledAt), because: (row.disabled_because ?? 'asked') as DisabledBecause } }),
    ...(lastDeliveredAt === null ? {} : { lastDeliveredAt: new Date(lastDeliveredAt) }),
    secrets: row.secrets.map(({ generation, mac, until }) => ({
      generation,
      mac: new Uint8Array(Buffer.from(mac, 'hex')),
      ...(until === null ? {} : { until: new Date(until) }),
    })),
  };
}
