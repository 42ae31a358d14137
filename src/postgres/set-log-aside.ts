import { type Kysely, sql, type Transaction } from 'kysely';
import { asServiceError } from './pg-fault.ts';
import { SERVICE_ROLE } from './pool.ts';
import { readOrigin } from './read-ledger.ts';
import type { Tables } from './tables.ts';

/** Postgres cuts longer names. */
const SCHEMA_NAME_MAX = 63;

/** The schema that an ended log is kept in: its origin, spelled so that it needs no quotes. */
export function endedSchema(origin: string): string {
  return `ended_${origin.replaceAll(/[^a-z0-9]/g, '_')}`.slice(0, SCHEMA_NAME_MAX);
}

/** Whether an ended log of this origin is kept in the database. */
export async function isSetAside(database: Kysely<Tables>, origin: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    SELECT to_regnamespace(${endedSchema(origin)}) IS NOT NULL AS there`.execute(database);
  return rows[0]?.there === true;
}

/** Processes that serve from this database: as many connections as they hold. */
export async function countServices(database: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    SELECT count(*) AS count FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'waybill serve'`.execute(database);
  return Number(rows[0]?.count ?? 0);
}

/**
 * Moves the log `origin` with all that belongs to it out of schema `public` into one of its own, whole and unchanged, and
 * leaves an empty `public` for the next. One transaction under the ledger's lock, as the owner of the schema; nothing
 * happens where another log is there. Its triggers go on refusing every change, and the service's role loses its rights.
 * Fault, as ServiceError: `database/refused` where the owner of the tables does not own `public` too.
 */
export function setLogAside(database: Kysely<Tables>, origin: string): Promise<void> {
  return asServiceError(() => database.transaction().execute((transaction) => moveAway(transaction, origin)));
}

async function moveAway(transaction: Transaction<Tables>, origin: string): Promise<void> {
  await sql`SELECT id FROM ledger_lock WHERE id = 1 FOR UPDATE`.execute(transaction);
  if ((await readOrigin(transaction)) !== origin) return;
  const schema = endedSchema(origin);
  await sql`ALTER SCHEMA public RENAME TO ${sql.id(schema)}`.execute(transaction);
  await bindFunctions(transaction, schema);
  const role = sql.id(SERVICE_ROLE);
  await sql`REVOKE ALL ON ALL TABLES IN SCHEMA ${sql.id(schema)} FROM ${role}`.execute(transaction);
  await sql`REVOKE ALL ON ALL ROUTINES IN SCHEMA ${sql.id(schema)} FROM ${role}`.execute(transaction);
  await sql`REVOKE ALL ON SCHEMA ${sql.id(schema)} FROM ${role}`.execute(transaction);
  await sql`CREATE SCHEMA public`.execute(transaction);
  await sql`GRANT USAGE ON SCHEMA public TO ${role}`.execute(transaction);
}

/** Functions name tables without a schema, or name `public`: those of the ended log must not reach into the next one. */
async function bindFunctions(transaction: Transaction<Tables>, schema: string): Promise<void> {
  const { rows } = await sql<{ signature: string }>`
    SELECT oid::regprocedure::text AS signature FROM pg_proc WHERE pronamespace = to_regnamespace(${schema})
      AND prokind = 'f'`.execute(transaction);
  for (const { signature } of rows) {
    await sql`ALTER FUNCTION ${sql.raw(signature)} SET search_path = ${sql.id(schema)}`.execute(transaction);
  }
}

/** Names that the ended log knew, by the entry that began their list. */
export async function readEndedNames(
  database: Kysely<Tables>,
  origin: string,
): Promise<readonly { readonly area: string; readonly name: string }[]> {
  const table = sql.table(`${endedSchema(origin)}.known_name`);
  const { rows } = await sql<{
    area: string;
    name: string;
  }>`SELECT area, name FROM ${table} ORDER BY area, seq`.execute(database);
  return rows;
}
