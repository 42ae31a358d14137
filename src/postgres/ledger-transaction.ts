import { CompiledQuery, type Kysely } from 'kysely';
import pg from 'pg';
import { ServiceError } from '../service/ports.ts';
import { formatArray } from './sql-array.ts';
import type { Tables } from './tables.ts';

/** A statement of fixed text: each connection prepares it once under its name. */
export type Statement = { readonly name: string; readonly text: string };

/** Runs a statement and gives its rows; those that are sent without waiting run in the order in which they were sent. */
export type RunStatement = <Row extends object>(
  statement: Statement,
  values?: readonly unknown[],
) => Promise<readonly Row[]>;

const LOCK: Statement = { name: 'lock-ledger', text: 'SELECT id FROM ledger_lock WHERE id = 1 FOR UPDATE' };

/**
 * One transaction under the ledger's lock: from the first statement of `work` on it is the only writer. `work` may send
 * statements without waiting for earlier ones. Each takes its own snapshot, so that what follows the lock sees all that
 * was committed before it was granted.
 *
 * Resolves only when the server answered COMMIT, and nothing else: an answer that comes with a warning, as when the wait
 * for a synchronous standby was cut short, leaves the outcome unknown like a lost connection.
 */
export async function underLedgerLock<T>(pool: pg.Pool, work: (run: RunStatement) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const gather = gatherSent(client);
  let usable = false;
  try {
    gather();
    const opened = Promise.all([client.query('begin'), client.query(LOCK)]);
    opened.catch(() => undefined);
    let result: T;
    try {
      result = await work(runOn(client, gather));
    } catch (error) {
      // What failed first is the cause: without the lock the statements behind it say only that they were not run.
      await opened;
      throw error;
    }
    await commit(client);
    usable = true;
    return result;
  } catch (error) {
    usable = isFromServer(error) && (await rollBack(client));
    throw error;
  } finally {
    // A connection in doubt is ended, which rolls back what it had begun.
    client.release(!usable);
  }
}

/**
 * What is sent in one turn goes out in one piece: one system call, and the server is woken once. Call it before sending.
 */
function gatherSent(client: pg.PoolClient): () => void {
  const { stream } = client.connection;
  let gathering = false;
  return () => {
    if (gathering) return;
    gathering = true;
    stream.cork();
    process.nextTick(() => {
      gathering = false;
      stream.uncork();
    });
  };
}

/** Statements on one connection, or each on any of a pool's. `before` is called before each is sent. */
export function runOn(connection: pg.PoolClient | pg.Pool, before?: () => void): RunStatement {
  return async <Row extends object>(statement: Statement, values: readonly unknown[] = []) => {
    before?.();
    const { rows } = await connection.query<Row & pg.QueryResultRow>({ ...statement, values: values.map(parameterOf) });
    return rows;
  };
}

function parameterOf(value: unknown): unknown {
  return Array.isArray(value) ? formatArray(value) : value;
}

/** Statements of the query builder, within its transaction where it is one; none of them is prepared. */
export function runWithin(database: Kysely<Tables>): RunStatement {
  return async <Row extends object>({ text }: Statement, values: readonly unknown[] = []) =>
    (await database.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
}

async function commit(client: pg.PoolClient): Promise<void> {
  const warnings: string[] = [];
  const note = (notice: { readonly message?: string | undefined }) => warnings.push(notice.message ?? 'a warning');
  client.on('notice', note);
  try {
    const { command } = await client.query('commit');
    if (command === 'COMMIT' && warnings.length === 0) return;
    const message = `The database answered COMMIT with ${[command, ...warnings].join(': ')}.`;
    throw new ServiceError({ code: 'database/unreachable', message }, { retryAfterSeconds: 1 });
  } finally {
    client.off('notice', note);
  }
}

/** Whether the connection still works: the server refused a statement, or the work itself gave up. */
function isFromServer(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.severity === 'ERROR';
  return error instanceof ServiceError && error.retryAfterSeconds === undefined;
}

async function rollBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}
