import { type Kysely, type Selectable, sql } from 'kysely';
import type pg from 'pg';
import type { TokenRow, TokenStore } from '../service/ports.ts';
import { shareReads } from '../service/share-reads.ts';
import { runOn, type Statement } from './ledger-transaction.ts';
import { asServiceError } from './pg-fault.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

const FIND_TOKENS: Statement = {
  name: 'find-tokens',
  text: `SELECT id, hash, principal, title, created_at, expires_at, revoked_at,
      coalesce((SELECT n FROM list_entry WHERE key = 'principal:' || principal ORDER BY n DESC LIMIT 1), 0) AS grants
    FROM api_token WHERE id = ANY ($1::text[])`,
};

type FoundRow = Selectable<Tables['api_token']> & { readonly grants: string };

/** API tokens as MACs. */
export function openTokenStore(database: Kysely<Tables>, pool: pg.Pool): TokenStore {
  const run = runOn(pool);
  const findAll = shareReads((ids) =>
    asServiceError(async () => {
      const rows = await run<FoundRow>(FIND_TOKENS, [ids]);
      return new Map(
        rows.map((row) => {
          const found = { ...tokenRow(row), hash: new Uint8Array(row.hash), grants: parseSeq(row.grants) };
          return [row.id, found] as const;
        }),
      );
    }),
  );
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
    find: async (id) => (await findAll([id])).get(id),
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
