import { type Kysely, type Selectable, sql } from 'kysely';
import type { TokenRow, TokenStore } from '../service/ports.ts';
import { asServiceError } from './pg-fault.ts';
import type { Tables } from './tables.ts';

/** API tokens as MACs. */
export function openTokenStore(database: Kysely<Tables>): TokenStore {
  return {
    insert: ({ id, hash, principal, title, expiresAt }) =>
      asServiceError(async () =>
        tokenRow(
          await database
            .insertInto('api_token')
            .values({ id, hash: Buffer.from(hash), principal, title, expires_at: expiresAt, revoked_at: null })
            .returningAll()
            .executeTakeFirstOrThrow(),
        ),
      ),
    find: (id) =>
      asServiceError(async () => {
        const row = await database.selectFrom('api_token').selectAll().where('id', '=', id).executeTakeFirst();
        return row === undefined ? undefined : { ...tokenRow(row), hash: new Uint8Array(row.hash) };
      }),
    list: (afterId, limit) =>
      asServiceError(async () => {
        const rows = await database
          .selectFrom('api_token')
          .selectAll()
          .where('id', '>', afterId ?? '')
          .orderBy('id')
          .limit(limit)
          .execute();
        return rows.map(tokenRow);
      }),
    revoke: (id) =>
      asServiceError(async () => {
        const row = await database
          .updateTable('api_token')
          .set({ revoked_at: sql`coalesce(revoked_at, clock_timestamp())` })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        return row === undefined ? undefined : tokenRow(row);
      }),
  };
}

function tokenRow(row: Selectable<Tables['api_token']>): TokenRow {
  return {
    id: row.id,
    principal: row.principal,
    title: row.title,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    ...(row.revoked_at === null ? {} : { revokedAt: new Date(row.revoked_at) }),
  };
}
