import pg from 'pg';
import { InvariantError } from '../core/fault.ts';
import { ServiceError } from '../service/ports.ts';
import { DatabaseError } from './database-error.ts';

const CONTENDED = new Set(['55P03', '57014', '40001', '40P01', '25P03', '25P04']);
const FULL = new Set(['53100', '53200', '53300']);

/**
 * Runs `use`, and turns what the database throws into a ServiceError; the only place that reads SQLSTATE.
 * `database/contended` for a lock or a statement that took too long, `database/exhausted` for a full disk, memory or
 * connections, `database/refused` for a constraint or a right of the schema, `database/unreachable` for the rest.
 */
export async function asServiceError<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof ServiceError || error instanceof InvariantError) throw error;
    if (error instanceof DatabaseError) throw new ServiceError(error.fault, { cause: error });
    throw serviceError(error);
  }
}

function serviceError(error: unknown): ServiceError {
  const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
  const said = error instanceof Error ? error.message : String(error);
  if (CONTENDED.has(code)) return again('database/contended', `The database was busy for too long: ${said}`, error);
  if (FULL.has(code)) return again('database/exhausted', `The database has no room left: ${said}`, error);
  if (code.startsWith('23') || code.startsWith('42') || code.startsWith('P0')) {
    return new ServiceError(
      { code: 'database/refused', message: `The database refused a statement: ${said}` },
      { cause: error },
    );
  }
  return again('database/unreachable', `The database does not answer: ${said}`, error);
}

function again(
  code: 'database/contended' | 'database/exhausted' | 'database/unreachable',
  message: string,
  cause: unknown,
): ServiceError {
  return new ServiceError({ code, message }, { cause, retryAfterSeconds: 1 });
}
