import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { invariant } from '../core/fault.ts';
import { type ClusterIdentity, ServiceError } from '../service/ports.ts';
import { unreachable } from './pool.ts';

/** How long a start waits for a server to end its recovery. */
const RECOVERY_MS_MAX = 5_000;
const RECOVERY_POLL_MS = 100;

/** What runs one statement: a connection of a pool, or one on its own. */
type Connection = {
  query(text: string): Promise<{ readonly rows: readonly ClusterRow[] }>;
};

type ClusterRow = { readonly systemIdentifier: string; readonly timeline: string | null };

/** Lets connections to one cluster and timeline through, and no other. */
export type ClusterGuard = {
  /**
   * Faults, as ServiceError: `head/other-cluster`, `head/other-timeline`, and for a standby `database/in-recovery`. What
   * the connection itself throws is passed on.
   */
  readonly check: (connection: Connection) => Promise<void>;
  /** The cluster that connections are held to: the expected one, or the first that was seen. */
  readonly seen: () => ClusterIdentity | undefined;
};

/** A guard for the cluster that the anchor names; without one, for whichever the first connection reaches. */
export function openClusterGuard(expected: ClusterIdentity | undefined): ClusterGuard {
  let held = expected;
  return {
    seen: () => held,
    check: async (connection) => {
      const found = await readClusterIdentity(connection);
      held ??= found;
      requireSameCluster(held, found);
    },
  };
}

/**
 * The cluster behind a connection. The timeline is that of the write-ahead log as it is written: the control file would
 * still show the old one for a while after a promotion. Every role may ask for both.
 */
export async function readClusterIdentity(connection: Connection): Promise<ClusterIdentity> {
  const { rows } = await connection.query(
    `SELECT (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier",
            CASE WHEN pg_is_in_recovery() THEN NULL
                 ELSE lower(left(pg_walfile_name(pg_current_wal_lsn()), 8)) END AS timeline`,
  );
  const row = rows[0];
  invariant(row !== undefined, 'a SELECT without FROM returns one row');
  const { systemIdentifier, timeline } = row;
  if (timeline !== null) return { systemIdentifier, timeline };
  const message = 'The database is a standby, which takes no writes until it is promoted.';
  throw new ServiceError({ code: 'database/in-recovery', message }, { retryAfterSeconds: 5 });
}

/**
 * As {@link readClusterIdentity}, with patience: a server that was restored, or is being promoted, says for a moment that
 * it is a standby.
 */
export async function awaitClusterIdentity(connection: Connection): Promise<ClusterIdentity> {
  for (let waitedMs = 0; ; waitedMs += RECOVERY_POLL_MS) {
    try {
      return await readClusterIdentity(connection);
    } catch (error) {
      const standby = error instanceof ServiceError && error.fault.code === 'database/in-recovery';
      if (!standby || waitedMs >= RECOVERY_MS_MAX) throw error;
      await sleep(RECOVERY_POLL_MS);
    }
  }
}

/** Faults, as ServiceError: `head/other-cluster`, `head/other-timeline`. */
export function requireSameCluster(expected: ClusterIdentity, found: ClusterIdentity): void {
  if (found.systemIdentifier !== expected.systemIdentifier) {
    throw new ServiceError({
      code: 'head/other-cluster',
      message: `The database is in the cluster ${found.systemIdentifier}; this replica has written to ${expected.systemIdentifier}. Compare them: waybill resume.`,
    });
  }
  if (found.timeline !== expected.timeline) {
    throw new ServiceError({
      code: 'head/other-timeline',
      message: `The database is on timeline ${found.timeline}; this replica has written on ${expected.timeline}. A standby was promoted, or a backup restored; compare them: waybill resume.`,
    });
  }
}

/**
 * A look at the database before anything is changed in it, migrations included: that it is in the `expected` cluster,
 * and whether it holds a log. Faults, as ServiceError: those of the guard; `database/unreachable`.
 */
export async function surveyDatabase(
  url: string,
  expected: ClusterIdentity | undefined,
): Promise<{ readonly hasLog: boolean }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'waybill' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await awaitClusterIdentity(client);
    if (expected !== undefined) requireSameCluster(expected, found);
    const table = await client.query(`SELECT to_regclass('public.ledger') IS NOT NULL AS there`);
    if (table.rows[0]?.there !== true) return { hasLog: false };
    return { hasLog: (await client.query('SELECT 1 FROM public.ledger')).rowCount !== 0 };
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw unreachable(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
