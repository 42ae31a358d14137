import type { Socket } from 'node:net';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { invariant } from '../core/fault.ts';
import { ServiceError } from '../service/ports.ts';
import type { ClusterGuard } from './cluster-guard.ts';
import { DatabaseError } from './database-error.ts';

/** The role that migrations grant to; services run as it, or take it on with `setRole`. */
export const SERVICE_ROLE = 'waybill_service';

export type PoolOptions = {
  /** Most connections at once. */
  readonly max: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Role that every session takes on before its first statement, where the URL's user is the owner. */
  readonly setRole?: typeof SERVICE_ROLE | undefined;
  /** Longest statement; 5,000 ms, the bound of a transaction on the primary. 0 removes it, for migrations. */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a lock; 3,000 ms. 0 removes it. */
  readonly lockTimeoutMs?: number;
  /** Where the log lies: `public`, or the schema that an ended one was moved to. */
  readonly schema?: string;
  /** Sees every new connection before anything else uses it, and refuses those that reach another cluster. */
  readonly guard?: ClusterGuard;
};

const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 3_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000;
/** How much longer than a statement may take nothing at all may come from the server, until it counts as gone. */
const SILENCE_MARGIN_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;
const SERVER_VERSION_MIN = 150_000;

/**
 * A pool of connections with bounded statements, locks and idle transactions, `synchronous_commit = on`, time zone UTC
 * and `search_path = public`. `bigint` (int8) stays a decimal string: read it with `parseSeq` or `BigInt`, never with
 * `Number`. `bytea` is a Buffer. Idle connections that break are dropped silently; the next query opens a new one.
 */
export function openPool(url: string, options: PoolOptions): pg.Pool {
  const { guard } = options;
  const settings = ['synchronous_commit=on', `search_path=${options.schema ?? 'public'}`, 'timezone=UTC'];
  if (options.setRole !== undefined) settings.push(`role=${options.setRole}`);
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: options.applicationName,
    statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    lock_timeout: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // Statements that are sent without waiting for earlier ones go out at once, and are answered in order.
    pipeline: true,
    options: settings.map((setting) => `-c ${setting}`).join(' '),
    ...(guard === undefined ? {} : { verify: (client, done) => void guard.check(client).then(() => done(), done) }),
  });
  // Without a listener the process would end when the server closes an idle connection.
  pool.on('error', () => undefined);
  // The same for one that breaks while it is in use: its statements are rejected, which is where it is dealt with.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const statementMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  if (statementMs > 0) endSilentConnections(pool, statementMs + SILENCE_MARGIN_MS);
  return pool;
}

/**
 * Ends a connection in use on which nothing came or went for `silenceMsMax`: the network or the server's machine is gone
 * and nobody says so, and the kernel would wait for hours. Whoever waits hears that the connection broke.
 */
function endSilentConnections(pool: pg.Pool, silenceMsMax: number): void {
  pool.on('connect', (client) => {
    const socket = socketOf(client);
    socket.on('timeout', () => socket.destroy(new Error(`the server said nothing for ${silenceMsMax} ms`)));
  });
  pool.on('acquire', (client) => socketOf(client).setTimeout(silenceMsMax));
  pool.on('release', (_error, client) => socketOf(client).setTimeout(0));
}

/** The driver's own; its types leave it out. */
function socketOf(client: pg.PoolClient): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}

/** A query builder over `pool`; `destroy()` of it ends the pool. */
export function openKysely<Tables>(pool: pg.Pool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/**
 * The number that a `bigint` column holds, exact. What we write stays within 0 and 2^53 − 1, but whoever rules the
 * database writes there what they please. Throws `database/projection-differs` for anything else.
 */
export function parseSeq(text: string): number {
  const seq = Number(text);
  if (/^(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(seq)) return seq;
  const message = `The database holds ${text} where a sequence number stands: run waybill audit.`;
  throw new ServiceError({ code: 'database/projection-differs', message });
}

/**
 * Checks, at start, that the server is one on which a commit is durable: Postgres 15 or later, `fsync` and
 * `full_page_writes` on. Faults: database/unreachable, database/too-old, database/unsafe-settings.
 */
export async function checkServer(pool: Queryable): Promise<void> {
  const row = await readSettings(pool);
  if (Number(row.version) < SERVER_VERSION_MIN) {
    throw new DatabaseError('database/too-old', `Postgres 15 or later is needed, the server is ${row.versionText}`);
  }
  for (const [name, value] of [
    ['fsync', row.fsync],
    ['full_page_writes', row.fullPageWrites],
  ]) {
    if (value === 'on') continue;
    throw new DatabaseError(
      'database/unsafe-settings',
      `the server runs with ${name} = ${value}: a receipt could be lost in a crash. Set it to on`,
    );
  }
}

/** The part of a pool that the check at start needs. */
type Queryable = { query(text: string): Promise<{ readonly rows: readonly ServerSettings[] }> };

type ServerSettings = {
  readonly version: string;
  readonly versionText: string;
  readonly fsync: string;
  readonly fullPageWrites: string;
};

async function readSettings(pool: Queryable): Promise<ServerSettings> {
  try {
    const { rows } = await pool.query(
      `SELECT current_setting('server_version_num') AS version, current_setting('server_version') AS "versionText",
              current_setting('fsync') AS fsync, current_setting('full_page_writes') AS "fullPageWrites"`,
    );
    const row = rows[0];
    invariant(row !== undefined, 'a SELECT without FROM returns one row');
    return row;
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw unreachable(error);
  }
}

/** A failed connection as a fault: the server's own words, without the URL, which holds a password. */
export function unreachable(error: unknown): DatabaseError {
  const said = error instanceof Error && error.message !== '' ? error.message : String(error);
  return new DatabaseError('database/unreachable', `the database does not answer: ${said}`, error);
}
