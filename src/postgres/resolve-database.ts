import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DatabaseError } from './database-error.ts';
import { startEmbeddedPostgres } from './embedded/start-embedded-postgres.ts';
import { SERVICE_ROLE, unreachable } from './pool.ts';

export type ResolveDatabaseOptions = {
  /** An external server: the service's role, or, when it is the only URL, the owner. */
  readonly databaseUrl?: string | undefined;
  /** The role that owns the schema and migrates. */
  readonly databaseOwnerUrl?: string | undefined;
  /** Of the embedded server, used when no URL is given. */
  readonly dataFolder: string;
  /** True when an anchor says that a ledger exists; see `startEmbeddedPostgres`. */
  readonly mustExist?: boolean;
  readonly log?: (line: string) => void;
};

/** A database to migrate with `ownerUrl` and to serve with `serviceUrl`, taking on `setRole` where given. */
export type ResolvedDatabase = {
  readonly ownerUrl: string;
  readonly serviceUrl: string;
  readonly setRole?: typeof SERVICE_ROLE;
  /** `one` when the service's login could do what the owner may: reports then say "one database role". */
  readonly roles: 'two' | 'one';
  readonly kind: 'embedded' | 'external';
  /** Superuser of the embedded server, for drills; absent for an external one. */
  readonly superuserUrl?: string;
  /** Resolves when the embedded server has ended; never for an external one. */
  readonly exited: Promise<void>;
  /** Stops the embedded server; nothing for an external one. */
  stop(): Promise<void>;
};

/**
 * Decides between the embedded server (no URL given) and an external one, and leaves the role `waybill_service` ready
 * for migrations to grant to. Faults: those of `startEmbeddedPostgres`, database/unreachable, database/role-missing.
 */
export async function resolveDatabase(options: ResolveDatabaseOptions): Promise<ResolvedDatabase> {
  const ownerUrl = options.databaseOwnerUrl ?? options.databaseUrl;
  if (ownerUrl === undefined) {
    const server = await startEmbeddedPostgres(options);
    const { serviceUrl, superuserUrl, exited } = server;
    return {
      ownerUrl: server.ownerUrl,
      serviceUrl,
      superuserUrl,
      exited,
      stop: server.stop,
      roles: 'two',
      kind: 'embedded',
    };
  }
  const serviceUrl = options.databaseUrl ?? ownerUrl;
  const owner = await currentUser(ownerUrl);
  const user = await currentUser(serviceUrl);
  const isSeparate = user !== owner && !(await mayActAs(serviceUrl, owner));
  await ensureServiceRole(ownerUrl, { withMembership: user === owner });
  const setRole = user === SERVICE_ROLE ? undefined : SERVICE_ROLE;
  if (setRole !== undefined) await checkMembership(serviceUrl);
  return {
    ownerUrl,
    serviceUrl,
    ...(setRole === undefined ? {} : { setRole }),
    roles: isSeparate ? 'two' : 'one',
    kind: 'external',
    exited: new Promise(() => undefined),
    stop: async () => undefined,
  };
}

// Roles belong to the whole server, so that starters on different databases collide beyond any advisory lock:
// duplicate_object, unique_violation, and "tuple concurrently updated".
const COLLISIONS = ['42710', '23505', 'XX000'];

/**
 * Makes sure that the role `waybill_service` exists (NOLOGIN when made here) and, with `withMembership` (the default),
 * that the user of `ownerUrl` can `SET ROLE` to it. Safe when many starters do it at once.
 * Faults: database/unreachable, database/role-missing (the message holds the SQL to run by hand).
 */
export async function ensureServiceRole(
  ownerUrl: string,
  options?: { readonly withMembership?: boolean },
): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [SERVICE_ROLE]);
        if (found.rowCount === 0) await client.query(`CREATE ROLE ${SERVICE_ROLE} NOLOGIN`);
        if (options?.withMembership !== false && !(await canSetRole(client))) {
          await client.query(`GRANT ${SERVICE_ROLE} TO CURRENT_USER`);
        }
        return;
      } catch (error) {
        if (!isAnswer(error)) throw error;
        if (!COLLISIONS.includes(error.code ?? '') || attempt === 10) throw roleMissing(error);
        await sleep(20 * attempt);
      }
    }
  });
}

async function canSetRole(client: pg.Client): Promise<boolean> {
  try {
    await client.query(`SET ROLE ${SERVICE_ROLE}`);
    await client.query('RESET ROLE');
    return true;
  } catch (error) {
    if (isAnswer(error)) return false;
    throw error;
  }
}

function checkMembership(serviceUrl: string): Promise<void> {
  return withClient(serviceUrl, async (client) => {
    if (!(await canSetRole(client))) throw roleMissing();
  });
}

function roleMissing(cause?: unknown): DatabaseError {
  const said = cause instanceof Error ? ` (${cause.message})` : '';
  return new DatabaseError(
    'database/role-missing',
    `the role ${SERVICE_ROLE} cannot be used${said}: as a superuser run CREATE ROLE ${SERVICE_ROLE} NOLOGIN; GRANT ${SERVICE_ROLE} TO the role of DATABASE_URL`,
    cause,
  );
}

/** Whether the login of `url` is a superuser or a member of `role`. */
function mayActAs(url: string, role: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ may: boolean }>(`SELECT pg_has_role(current_user, $1, 'MEMBER') AS may`, [
      role,
    ]);
    return rows[0]?.may === true;
  });
}

function currentUser(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT current_user AS name');
    return rows[0]?.name ?? '';
  });
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'waybill start',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } catch (error) {
    // A server that goes away in the middle says nothing about what was asked of it.
    throw error instanceof DatabaseError || isAnswer(error) ? error : unreachable(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether the server answered, with a refusal: not that the connection was refused, broken or ended. */
function isAnswer(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}
