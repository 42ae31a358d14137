import { type Kysely, sql, type Transaction } from 'kysely';
import { openKysely, openPool } from '../postgres/pool.ts';
import type { Tables } from '../postgres/tables.ts';

/** A session of somebody whom the database obeys: its superuser, or the owner of the ledger's tables. */
export type Superuser = {
  readonly database: Kysely<Tables>;
  readonly close: () => Promise<void>;
};

/** The tables that refuse changes, in an order in which they can be emptied. */
const GUARDED = ['head', 'tile', 'entry', 'payload', 'ledger'] as const;

/** Connects as whoever `url` names, without the bounds that the service sets itself. */
export function openSuperuser(url: string): Superuser {
  const pool = openPool(url, { max: 2, applicationName: 'tamper', statementTimeoutMs: 0, lockTimeoutMs: 0 });
  const database = openKysely<Tables>(pool);
  return { database, close: () => database.destroy() };
}

/**
 * Runs `use` in one transaction in which no trigger of ours refuses anything, and leaves the schema afterwards exactly
 * as it was found, so that nobody sees from the schema that it was ever open.
 */
export function withoutGuards<T>(
  superuser: Superuser,
  use: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return superuser.database.transaction().execute(async (transaction) => {
    for (const table of GUARDED) await sql`ALTER TABLE ${sql.table(table)} DISABLE TRIGGER USER`.execute(transaction);
    const result = await use(transaction);
    for (const table of GUARDED) {
      const { rows } = await sql<{ name: string }>`
        SELECT tgname AS name FROM pg_trigger
        WHERE tgrelid = ${table}::regclass AND NOT tgisinternal`.execute(transaction);
      for (const { name } of rows)
        await sql`ALTER TABLE ${sql.table(table)} ENABLE ALWAYS TRIGGER ${sql.id(name)}`.execute(transaction);
    }
    return result;
  });
}
