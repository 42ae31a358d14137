import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { DatabaseError } from './database-error.ts';
import { openKysely, openPool, unreachable } from './pool.ts';

/** One migration file. `sha256` is of its exact bytes, in hex. */
type MigrationFile = { readonly name: string; readonly sha256: string; readonly text: string };

type AppliedTables = { waybill_migration: { name: string; sha256: string } };

/**
 * Brings the database of `ownerUrl` to the newest of `migrationsFolder` (`NNNN_name.sql`, plain SQL, in order of their
 * names) and returns the names of those applied by this call. All of them run in one transaction under a lock, so that
 * a failing one leaves nothing behind, and of two starters at once the second finds the work done. `waybill_migration`
 * keeps the SHA-256 of each applied file.
 * Faults: database/unreachable, database/newer-than-code, database/unreleased-ledger, database/migration-edited,
 * database/migration-failed.
 */
export async function migrate(ownerUrl: string, migrationsFolder: string): Promise<string[]> {
  const files = readMigrationFiles(migrationsFolder);
  const pool = openPool(ownerUrl, {
    max: 2,
    applicationName: 'waybill migrate',
    statementTimeoutMs: 0,
    lockTimeoutMs: 0,
  });
  const database = openKysely<AppliedTables>(pool);
  try {
    await checkApplied(database, files);
    await requireReadableLedger(database);
    const migrator = new Migrator({
      db: database,
      // Without it the tables of an ended log, in a schema of its own, are taken for these.
      migrationTableSchema: 'public',
      provider: { getMigrations: async () => Object.fromEntries(files.map((file) => [file.name, toMigration(file)])) },
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) {
      // Another version may have migrated further between the check and the lock.
      await checkApplied(database, files);
      const failed = results?.find((result) => result.status === 'Error')?.migrationName;
      const said = error instanceof Error ? error.message : String(error);
      throw new DatabaseError(
        'database/migration-failed',
        `migration ${failed ?? '(before any)'} failed: ${said}`,
        error,
      );
    }
    await checkApplied(database, files);
    return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
  } finally {
    await database.destroy();
  }
}

/**
 * Checks, without changing anything, that the database knows exactly the migrations of `migrationsFolder`; returns the
 * names of those that it lacks. For services that may not migrate. Faults: as `migrate`.
 */
export async function readPendingMigrations(ownerUrl: string, migrationsFolder: string): Promise<string[]> {
  const files = readMigrationFiles(migrationsFolder);
  const database = openKysely<AppliedTables>(openPool(ownerUrl, { max: 1, applicationName: 'waybill migrate' }));
  try {
    const applied = await checkApplied(database, files);
    await requireReadableLedger(database);
    return files.filter((file) => !applied.has(file.name)).map((file) => file.name);
  } finally {
    await database.destroy();
  }
}

function readMigrationFiles(folder: string): readonly MigrationFile[] {
  const names = readdirSync(folder)
    .filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name))
    .sort();
  return names.map((fileName) => {
    const bytes = readFileSync(join(folder, fileName));
    return {
      name: fileName.slice(0, -'.sql'.length),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      text: bytes.toString('utf8'),
    };
  });
}

function toMigration(file: MigrationFile): Migration {
  return {
    async up(database: Kysely<AppliedTables>) {
      await sql`CREATE TABLE IF NOT EXISTS waybill_migration (
        name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`.execute(database);
      await sql.raw(file.text).execute(database);
      await database.insertInto('waybill_migration').values({ name: file.name, sha256: file.sha256 }).execute();
    },
  };
}

async function checkApplied(
  database: Kysely<AppliedTables>,
  files: readonly MigrationFile[],
): Promise<ReadonlySet<string>> {
  const known = new Map(files.map((file) => [file.name, file]));
  const applied = await readApplied(database);
  for (const { name, sha256 } of applied) {
    const file = known.get(name);
    if (file === undefined) {
      throw new DatabaseError(
        'database/newer-than-code',
        `the database has migration ${name}, which this version does not know: start the version that applied it, or a later one`,
      );
    }
    if (file.sha256 !== sha256) {
      throw new DatabaseError(
        'database/migration-edited',
        `migration ${name} was applied with SHA-256 ${sha256} and the file now has ${file.sha256}: applied migrations never change, add a new one`,
      );
    }
  }
  return new Set(applied.map(({ name }) => name));
}

/**
 * Entries of version 0 were written by programs before the first release. A migration cannot lift them: every hash, link
 * and signature over them would be another. Nothing is changed in such a database.
 */
async function requireReadableLedger(database: Kysely<AppliedTables>): Promise<void> {
  const version = await readFirstVersion(database);
  if (version !== '0') return;
  throw new DatabaseError(
    'database/unreleased-ledger',
    'the ledger in this database has entries of version 0, from before the first release: keep it with the program that wrote it, and begin a new one in another database',
  );
}

async function readFirstVersion(database: Kysely<AppliedTables>): Promise<string | null | undefined> {
  try {
    const found = await sql<{ exists: boolean }>`
      SELECT to_regclass('public.entry') IS NOT NULL AS exists`.execute(database);
    if (found.rows[0]?.exists !== true) return undefined;
    const { rows } = await sql<{ v: string | null }>`
      SELECT convert_from(leaf, 'UTF8')::jsonb ->> 'v' AS v FROM public.entry ORDER BY seq LIMIT 1`.execute(database);
    return rows[0]?.v;
  } catch (error) {
    throw unreachable(error);
  }
}

async function readApplied(database: Kysely<AppliedTables>): Promise<readonly AppliedTables['waybill_migration'][]> {
  try {
    const found = await sql<{ exists: boolean }>`
      SELECT to_regclass('public.waybill_migration') IS NOT NULL AS exists`.execute(database);
    if (found.rows[0]?.exists !== true) return [];
    return await database.selectFrom('waybill_migration').select(['name', 'sha256']).orderBy('name').execute();
  } catch (error) {
    throw unreachable(error);
  }
}
