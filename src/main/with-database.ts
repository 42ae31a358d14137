import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Config } from '../config/config.ts';
import { migrate } from '../postgres/migrate.ts';
import { openKysely, openPool } from '../postgres/pool.ts';
import { resolveDatabase } from '../postgres/resolve-database.ts';
import type { Tables } from '../postgres/tables.ts';
import { MIGRATIONS_FOLDER } from './package-folders.ts';

/** Opens the database of a configuration beside or without a running service, as its owner or as the service's role. */
export async function withDatabase<T>(
  config: Config,
  as: 'owner' | 'service',
  log: (line: string) => void,
  use: (database: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  const resolved = await resolveDatabase({
    databaseUrl: config.databaseUrl,
    databaseOwnerUrl: config.databaseOwnerUrl,
    dataFolder: join(config.dataFolder, 'postgres'),
    mustExist: existsSync(join(config.stateFolder, 'anchor.json')),
    log,
  });
  try {
    await migrate(resolved.ownerUrl, MIGRATIONS_FOLDER);
    const role = as === 'service' && resolved.setRole !== undefined ? { setRole: resolved.setRole } : {};
    const url = as === 'owner' ? resolved.ownerUrl : resolved.serviceUrl;
    const pool = openPool(url, { max: 2, applicationName: `waybill ${as}`, statementTimeoutMs: 0, ...role });
    const database = openKysely<Tables>(pool);
    try {
      return await use(database);
    } finally {
      await database.destroy();
    }
  } finally {
    await resolved.stop();
  }
}
