import type { ServerResponse } from 'node:http';
import { fail, ok, type Result } from '../core/fault.ts';

/** How long an answer may take to be read: `graceMs`, and the time that the slowest tolerated reader needs. */
export type ReadingTimes = { readonly graceMs: number; readonly bytesPerSecondMin: number };

export const READING_TIMES: ReadingTimes = { graceMs: 30_000, bytesPerSecondMin: 64 * 1024 };

/** Up to this size an answer lies in the buffers of its connection, whether it is read or not. */
const SMALL_BYTES_MAX = 64 * 1024;
/** Larger answers that wait to be read at the same time, together: two of the largest. */
const WAITING_BYTES_MAX = 512 * 1024 * 1024;
let waitingBytes = 0;

/**
 * Bounds what an answer of `length` bytes can hold on to: its connection is closed where it is not read in time, and it
 * is not begun where too many others wait to be read (`service/overloaded`).
 */
export function boundAnswer(response: ServerResponse, length: number, times: ReadingTimes): Result<void> {
  if (length <= SMALL_BYTES_MAX) return ok(undefined);
  if (waitingBytes > 0 && waitingBytes + length > WAITING_BYTES_MAX) {
    return fail('service/overloaded', 'Too many large answers are waiting to be read.');
  }
  waitingBytes += length;
  const milliseconds = times.graceMs + (1_000 * length) / times.bytesPerSecondMin;
  const cut = setTimeout(() => response.destroy(), milliseconds).unref();
  response.once('close', () => {
    clearTimeout(cut);
    waitingBytes -= length;
  });
  return ok(undefined);
}
