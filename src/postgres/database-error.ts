import type { Fault } from '../core/fault.ts';
import type { DatabaseFaultCode } from '../core/fault-codes/database.ts';

/**
 * What everything in this folder throws when the database or its files are at fault: one `Fault` with a code of the
 * database area. `message` is the fault's sentence, fit to be printed as it stands.
 */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
  readonly fault: Fault;

  constructor(code: DatabaseFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.fault = { code, message };
  }
}
