import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { EXIT } from '../../cli/exit-codes.ts';
import { Stop } from '../../cli/stop.ts';

/** A scratch database on a server that was given; `drop` takes it away again. */
export type OwnDatabase = {
  readonly databaseUrl: string;
  readonly databaseOwnerUrl?: string;
  readonly drop: () => Promise<void>;
};

/**
 * Creates a database beside the one that the URLs name, so that nothing of ours gets into that one. Stops where
 * the role may not.
 */
export async function createOwnDatabase(databaseUrl: string, ownerUrl: string | undefined): Promise<OwnDatabase> {
  const admin = ownerUrl ?? databaseUrl;
  const name = freshName();
  try {
    await runAt(admin, `CREATE DATABASE ${name}`);
  } catch (error) {
    const message = `No database can be made: ${error instanceof Error ? error.message : String(error)}.`;
    const hint = 'Give a role that may create databases, or unset DATABASE_URL: a Postgres of its own is started then.';
    throw new Stop(EXIT.unreachable, { code: 'database/refused', message, hint });
  }
  return {
    databaseUrl: withDatabase(databaseUrl, name),
    ...(ownerUrl === undefined ? {} : { databaseOwnerUrl: withDatabase(ownerUrl, name) }),
    drop: () => runAt(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/**
 * A copy of the database `source`, that which `adminUrl` names unless told, under a new name; gives that name. Nobody may be connected while it is
 * copied, so that idle connections are ended first: whoever holds them opens new ones when they are needed.
 */
export async function copyDatabase(adminUrl: string, source = databaseOf(adminUrl)): Promise<string> {
  const name = freshName();
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runAt(
        withDatabase(adminUrl, 'postgres'),
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${source.replaceAll("'", "''")}'`,
        `CREATE DATABASE ${name} TEMPLATE "${source.replaceAll('"', '""')}"`,
      );
      return name;
    } catch (error) {
      // 55006: somebody has connected again meanwhile.
      const busy = error instanceof pg.DatabaseError && error.code === '55006';
      if (!busy || attempt === 10) throw error;
      await sleep(100);
    }
  }
}

export function dropDatabase(adminUrl: string, name: string): Promise<void> {
  return runAt(withDatabase(adminUrl, 'postgres'), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** The same server and user with another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

function freshName(): string {
  return `waybill_scratch_${randomBytes(6).toString('hex')}`;
}

async function runAt(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
