import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type pg from 'pg';
import type { SessionRow, SessionStore } from '../service/ports.ts';
import { shareReads } from '../service/share-reads.ts';
import { runOn, type Statement } from './ledger-transaction.ts';
import { asServiceError } from './pg-fault.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

/** A session without its token is none: the foreign key takes it along. */
const FIND_SESSIONS: Statement = {
  name: 'find-sessions',
  text: `SELECT s.id, s.hash, s.token_id, s.principal, s.created_at, s.expires_at, s.seen_at,
      t.expires_at AS token_expires_at, t.revoked_at IS NOT NULL AS token_revoked,
      coalesce((SELECT n FROM list_entry WHERE key = 'principal:' || s.principal ORDER BY n DESC LIMIT 1), 0) AS grants
    FROM browser_session s JOIN api_token t ON t.id = s.token_id WHERE s.id = ANY ($1::text[])`,
};

type FoundRow = Selectable<Tables['browser_session']> & {
  readonly token_expires_at: Date | string;
  readonly token_revoked: boolean;
  readonly grants: string;
};

/** Sign-ins of browsers as MACs. Ending one removes its row: nothing is left that could be made good again. */
export function openSessionStore(database: Kysely<Tables>, pool: pg.Pool): SessionStore {
  const run = runOn(pool);
  const findAll = shareReads((ids) =>
    asServiceError(async () => {
      const rows = await run<FoundRow>(FIND_SESSIONS, [ids]);
      return new Map(
        rows.map((row) => {
          const found = {
            ...sessionRow(row),
            hash: new Uint8Array(row.hash),
            tokenExpiresAt: new Date(row.token_expires_at),
            tokenRevoked: row.token_revoked,
            grants: parseSeq(row.grants),
          };
          return [row.id, found] as const;
        }),
      );
    }),
  );
  /** Those who end the same sessions at once lock them in one order, so that none waits for one who waits for it. */
  const endAll = (ids: RawBuilder<unknown>) =>
    sql`DELETE FROM browser_session WHERE id IN (
      SELECT id FROM browser_session WHERE id IN (${ids}) ORDER BY id FOR UPDATE)`.execute(database);
  return {
    insert: ({ id, hash, tokenId, principal, createdAt, expiresAt, seenAt }, mostOfPrincipal) =>
      asServiceError(async () => {
        await endAll(sql`SELECT id FROM browser_session WHERE expires_at <= ${createdAt}`);
        await database
          .insertInto('browser_session')
          .values({
            ...{ id, hash: Buffer.from(hash), token_id: tokenId, principal },
            ...{ created_at: createdAt, expires_at: expiresAt, seen_at: seenAt },
          })
          .execute();
        await endAll(sql`SELECT id FROM browser_session WHERE principal = ${principal}
          ORDER BY created_at DESC, id OFFSET ${mostOfPrincipal}`);
      }),
    find: async (id) => (await findAll([id])).get(id),
    touch: (id, seenAt) =>
      asServiceError(async () => {
        await database
          .updateTable('browser_session')
          .set({ seen_at: seenAt })
          .where('id', '=', id)
          .where('seen_at', '<', seenAt)
          .execute();
      }),
    listOf: (principal) =>
      asServiceError(async () => {
        const rows = await database
          .selectFrom('browser_session')
          .selectAll()
          .where('principal', '=', principal)
          .orderBy('created_at', 'desc')
          .orderBy('id')
          .execute();
        return rows.map(sessionRow);
      }),
    remove: (id, principal) =>
      asServiceError(async () => {
        const removed = await database
          .deleteFrom('browser_session')
          .where('id', '=', id)
          .where('principal', '=', principal)
          .executeTakeFirst();
        return removed.numDeletedRows > 0n;
      }),
  };
}

function sessionRow(row: Selectable<Tables['browser_session']>): SessionRow {
  return {
    id: row.id,
    tokenId: row.token_id,
    principal: row.principal,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    seenAt: new Date(row.seen_at),
  };
}
