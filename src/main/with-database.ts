import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Config } from '../config/config.ts';
import { attachEmbeddedPostgres } from '../postgres/embedded/attach-embedded-postgres.ts';
import { migrate } from '../postgres/migrate.ts';
import { openKysely, openPool, type SERVICE_ROLE } from '../postgres/pool.ts';
import { resolveDatabase } from '../postgres/resolve-database.ts';
import type { Tables } from '../postgres/tables.ts';
import { hasServed } from './open-replica.ts';
import { MIGRATIONS_FOLDER } from './package-folders.ts';

type Urls = {
  readonly ownerUrl: string;
  readonly serviceUrl: string;
  readonly setRole?: typeof SERVICE_ROLE;
  readonly stop: () => Promise<void>;
};

/** Opens the database of a configuration beside a running service or without one, as its owner or as the service's role. */
export async function withDatabase<T>(
  config: Config,
  way: 'owner' | 'service' | { readonly as: 'owner' | 'service'; readonly schema?: string },
  log: (line: string) => void,
  use: (database: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  const found = await find(config, log);
  const { as, schema }: { readonly as: 'owner' | 'service'; readonly schema?: string } =
    typeof way === 'string' ? { as: way } : way;
  try {
    const role = as === 'service' && found.setRole !== undefined ? { setRole: found.setRole } : {};
    const url = as === 'owner' ? found.ownerUrl : found.serviceUrl;
    const pool = openPool(url, {
      max: 2,
      applicationName: `waybill ${as}`,
      statementTimeoutMs: 0,
      ...role,
      ...(schema === undefined ? {} : { schema }),
    });
    const database = openKysely<Tables>(pool);
    try {
      return await use(database);
    } finally {
      await database.destroy();
    }
  } finally {
    await found.stop();
  }
}

/** Addresses of the database of a configuration, beside a running service or without one. */
export async function withDatabaseUrls<T>(
  config: Config,
  log: (line: string) => void,
  use: (urls: Omit<Urls, 'stop'>) => Promise<T>,
): Promise<T> {
  const { stop, ...urls } = await find(config, log);
  try {
    return await use(urls);
  } finally {
    await stop();
  }
}

/** The embedded server of a service that runs is used as it is; otherwise one is started, and migrated as `serve` would. */
async function find(config: Config, log: (line: string) => void): Promise<Urls> {
  const dataFolder = join(config.dataFolder, 'postgres');
  const external = config.databaseUrl !== undefined || config.databaseOwnerUrl !== undefined;
  const attached = external ? undefined : attachEmbeddedPostgres(dataFolder);
  if (attached !== undefined) return { ...attached, stop: async () => undefined };
  const resolved = await resolveDatabase({
    databaseUrl: config.databaseUrl,
    databaseOwnerUrl: config.databaseOwnerUrl,
    dataFolder,
    mustExist: hasServed(config),
    log,
  });
  try {
    await migrate(resolved.ownerUrl, MIGRATIONS_FOLDER);
  } catch (error) {
    await resolved.stop();
    throw error;
  }
  return resolved;
}
