import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseError } from '../database-error.ts';
import type { Binaries } from './binaries.ts';
import type { Place } from './place.ts';

export const DATABASE_NAME = 'waybill';
export const SUPERUSER = 'waybill_superuser';
export const OWNER = 'waybill_owner';
export const SERVICE = 'waybill_service';

/** Passwords of the three roles: 64 hex characters each, so that they need no escaping in URLs or SQL. */
export type Credentials = {
  readonly [SUPERUSER]: string;
  readonly [OWNER]: string;
  readonly [SERVICE]: string;
};

/**
 * Makes the cluster below `place` if there is none, and returns the credentials of its roles. The cluster is built
 * under a private name, with its roles and database, and renamed when whole: a crash leaves either nothing or
 * everything, and of two starts at once one wins. Data checksums on, encoding UTF-8, no locale, so that text sorts by
 * its bytes on every machine.
 * Faults: database/version-mismatch, database/data-unusable, database/start-failed.
 */
export function prepareCluster(place: Place, binaries: Binaries): Credentials {
  const cluster = join(place.folder, 'cluster');
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    checkVersion(cluster, binaries);
    return readCredentials(place, false);
  }
  removeUnfinished(place.folder);
  const credentials = readCredentials(place, true);
  const unfinished = join(place.folder, `cluster.new-${randomBytes(6).toString('hex')}`);
  initialise(unfinished, place, binaries, credentials);
  try {
    renameSync(unfinished, cluster);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another start finished first; its cluster has the same credentials, because those are written before.
    if (!existsSync(join(cluster, 'PG_VERSION'))) {
      throw new DatabaseError('database/data-unusable', `cannot put the new cluster into ${cluster}`, error);
    }
  }
  return credentials;
}

function checkVersion(cluster: string, binaries: Binaries): void {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (found === String(binaries.major)) return;
  throw new DatabaseError(
    'database/version-mismatch',
    `the data in ${cluster} was written by Postgres ${found} and the embedded server is ${binaries.major}: dump it with the Waybill that wrote it, or install that one again`,
  );
}

/** Clusters of starts that were killed. One of a start under way is not older than a minute, and is left alone. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!/^(cluster|credentials)\.new-/.test(name)) continue;
    const path = join(folder, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (changed !== undefined && Date.now() - changed > 60_000) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Reads `credentials.json` (mode 0600), making it when `mayCreate`. Linked into place from a private name: of two
 * writers at once both end with the same file.
 */
function readCredentials(place: Place, mayCreate: boolean): Credentials {
  const path = join(place.folder, 'credentials.json');
  if (!existsSync(path)) {
    if (!mayCreate) {
      throw new DatabaseError(
        'database/data-unusable',
        `${path} is missing: without it nobody can sign in to the cluster`,
      );
    }
    const fresh: Credentials = { [SUPERUSER]: newPassword(), [OWNER]: newPassword(), [SERVICE]: newPassword() };
    const unfinished = join(place.folder, `credentials.new-${randomBytes(6).toString('hex')}`);
    writeFileSync(unfinished, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    if (place.runAs !== undefined) chownSync(unfinished, place.runAs.uid, place.runAs.gid);
    try {
      linkSync(unfinished, path);
    } catch (error) {
      if (!existsSync(path)) throw error;
    } finally {
      unlinkSync(unfinished);
    }
  }
  const read = JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<keyof Credentials, unknown>>;
  for (const role of [SUPERUSER, OWNER, SERVICE] as const) {
    const password = read[role];
    if (typeof password !== 'string' || !/^[0-9a-f]{64}$/.test(password)) {
      throw new DatabaseError('database/data-unusable', `${path} holds no password for ${role}`);
    }
  }
  return read as Credentials;
}

function newPassword(): string {
  return randomBytes(32).toString('hex');
}

function initialise(cluster: string, place: Place, binaries: Binaries, credentials: Credentials): void {
  const options = ['--no-locale', '--encoding=UTF8', '--data-checksums', '--auth=reject', '--no-instructions'];
  run(place, binaries.initdb, ['-D', cluster, `--username=${SUPERUSER}`, ...options], '');

  // Only the socket, only with a password: the server listens nowhere else, and this holds if it ever did.
  writeFileSync(join(cluster, 'pg_hba.conf'), 'local all all scram-sha-256\n');

  // Stand-alone mode, one statement a line: no server that anybody could reach exists before passwords do.
  const roles = [
    `ALTER ROLE ${SUPERUSER} PASSWORD '${credentials[SUPERUSER]}'`,
    `CREATE ROLE ${OWNER} LOGIN PASSWORD '${credentials[OWNER]}'`,
    `CREATE ROLE ${SERVICE} LOGIN PASSWORD '${credentials[SERVICE]}'`,
    `CREATE DATABASE ${DATABASE_NAME} OWNER ${OWNER}`,
    `REVOKE ALL ON DATABASE ${DATABASE_NAME}, postgres, template1 FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${DATABASE_NAME} TO ${SERVICE}`,
  ];
  const log = run(place, binaries.postgres, ['--single', '-D', cluster, 'postgres'], `${roles.join('\n')}\n`);
  // Stand-alone mode goes on after an error and exits with 0.
  if (/\b(ERROR|FATAL|PANIC):/.test(log)) failed(binaries.postgres, log);
}

function run(place: Place, program: string, args: readonly string[], input: string): string {
  const result = spawnSync(program, args, {
    input,
    cwd: place.folder,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    encoding: 'utf8',
    ...(place.runAs ?? {}),
  });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  if (result.status !== 0) failed(program, result.error?.message ?? output);
  return output;
}

function failed(program: string, output: string): never {
  const tail = output.trim().split('\n').slice(-6).join('\n');
  throw new DatabaseError('database/start-failed', `${program} failed:\n${tail}`);
}
