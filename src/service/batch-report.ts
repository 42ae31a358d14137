import type { FaultCode } from '../core/fault.ts';
import { ServiceError } from './ports.ts';

/** What became of one batch, for those who watch over the service. Times in seconds. */
export type BatchReport = {
  readonly submissions: number;
  /** How long the first of them waited for its transaction. */
  readonly waited: number;
  /** From the first statement to the answer to COMMIT, every attempt together; or to the fault. */
  readonly transaction: number;
  /** From there until the head was anchored and signed; absent where the transaction failed. */
  readonly publishing?: number;
  /** Why nobody of the batch got a receipt. */
  readonly code?: FaultCode;
};

/** What is known of a batch once its transaction is over. Times of the process's own clock, in milliseconds. */
export function reportOf(batch: readonly { readonly since: number }[], begun: number, committed: number): BatchReport {
  const since = batch[0]?.since ?? begun;
  return { submissions: batch.length, waited: (begun - since) / 1000, transaction: (committed - begun) / 1000 };
}

/** The code of what failed, where it has one. */
export function codeOf(error: unknown): { readonly code?: FaultCode } {
  return error instanceof ServiceError ? { code: error.fault.code } : {};
}

/** From a time of the process's own clock until now. */
export function secondsSince(milliseconds: number): number {
  return (performance.now() - milliseconds) / 1000;
}
