import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { EXIT } from '../../cli/exit-codes.ts';
import { stop } from '../../cli/stop.ts';
import type { Config } from '../../config/config.ts';
import { DatabaseError } from '../../postgres/database-error.ts';
import { attachEmbeddedPostgres } from '../../postgres/embedded/attach-embedded-postgres.ts';
import { removeDeadLink } from '../../postgres/embedded/place.ts';
import { openKysely, openPool } from '../../postgres/pool.ts';
import { type ResolvedDatabase, resolveDatabase } from '../../postgres/resolve-database.ts';
import type { Tables } from '../../postgres/tables.ts';
import { hasServed } from '../open-replica.ts';

/** The database of a stopped service, as its owner and as it lies there: nothing is migrated. */
export type ResumeDatabase = {
  readonly database: Kysely<Tables>;
  readonly pool: pg.Pool;
  readonly urls: ResolvedDatabase;
};

/**
 * Opens the database of a configuration whose service does not run (`resume/service-running` where it does). An embedded
 * cluster that is gone is begun anew only where `mayCreate` says so; otherwise `database/data-missing`.
 */
export async function withStoppedDatabase<T>(
  config: Config,
  options: { readonly mayCreate?: boolean; readonly log: (line: string) => void },
  use: (opened: ResumeDatabase) => Promise<T>,
): Promise<T> {
  refuseBesideService(config);
  const urls = await resolve(config, options);
  try {
    const pool = openPool(urls.ownerUrl, { max: 2, applicationName: 'waybill resume', statementTimeoutMs: 0 });
    const database = openKysely<Tables>(pool);
    try {
      return await use({ database, pool, urls });
    } finally {
      await database.destroy();
    }
  } finally {
    await urls.stop();
  }
}

/** What is there is used, also where only the way to it went; nothing is begun anew before that was tried. */
async function resolve(
  config: Config,
  { mayCreate, log }: { readonly mayCreate?: boolean; readonly log: (line: string) => void },
): Promise<ResolvedDatabase> {
  const { databaseUrl, databaseOwnerUrl } = config;
  const options = { databaseUrl, databaseOwnerUrl, dataFolder: join(config.dataFolder, 'postgres'), log };
  try {
    return await resolveDatabase({ ...options, mustExist: hasServed(config) });
  } catch (error) {
    const isGone = error instanceof DatabaseError && error.fault.code === 'database/data-missing';
    if (!isGone || mayCreate !== true) throw error;
    const target = removeDeadLink(options.dataFolder);
    if (target !== undefined) log(`removed the link ${options.dataFolder}, which led to nothing: ${target}`);
    return resolveDatabase({ ...options, mustExist: false });
  }
}

/** A service of this configuration keeps the anchor in its hands. Those of other replicas have their own. */
function refuseBesideService(config: Config): void {
  const external = config.databaseUrl !== undefined || config.databaseOwnerUrl !== undefined;
  const attached = !external && attachEmbeddedPostgres(join(config.dataFolder, 'postgres')) !== undefined;
  const pid = readPid(join(config.dataFolder, 'pid'));
  if (!attached && (pid === undefined || !isService(pid))) return;
  throw stop(
    EXIT.input,
    'resume/service-running',
    `The service runs${pid === undefined ? '' : ` as process ${pid}`}: stop it first.`,
  );
}

function readPid(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const pid = Number(readFileSync(path, 'utf8').trim());
  return Number.isInteger(pid) && pid > 0 && pid !== process.pid ? pid : undefined;
}

/** Ids are given out again: where the system says what a process is, one that is no service does not count. */
function isService(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('serve');
  } catch {
    return existsSync('/proc/self') ? false : isAlive(pid);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
