import type { ServerResponse } from 'node:http';
import { fail, ok, type Result } from '../core/fault.ts';

/** How long an answer may take to be read: `graceMs`, and the time that the slowest tolerated reader needs. */
export type ReadingTimes = { readonly graceMs: number; readonly bytesPerSecondMin: number };

export const READING_TIMES: ReadingTimes = { graceMs: 30_000, bytesPerSecondMin: 64 * 1024 };

/** Up to this size an answer lies in the buffers of its connection, whether it is read or not. */
const SMALL_BYTES_MAX = 64 * 1024;
/** Larger answers that wait to be read at the same time, together. */
const WAITING_BYTES_MAX = 512 * 1024 * 1024;
/** Those of one principal, or of one address where nobody is asked who they are; a single one may be larger. */
const WAITING_BYTES_PER_READER_MAX = 128 * 1024 * 1024;

/** What an answer takes: bytes that are held until it is read, and how many there are to be read. */
export type AnswerSize = { readonly held: number; readonly expected: number };

export type SlowReaders = {
  /**
   * Bounds what an answer can hold on to: its connection is closed where it is not read in time, and it is not begun where its
   * reader, or all of them, have too much waiting already (`http/too-many-at-once`, `service/overloaded`).
   */
  readonly bound: (response: ServerResponse, reader: string, size: AnswerSize, times: ReadingTimes) => Result<void>;
  /** Counts a part that is being sent; what it gives is called once that was taken. */
  readonly hold: (reader: string, bytes: number) => () => void;
};

/** Counts kept in memory, so each replica has its own. */
export function createSlowReaders(): SlowReaders {
  const byReader = new Map<string, number>();
  let together = 0;
  const count = (reader: string, bytes: number) => {
    together += bytes;
    const waiting = (byReader.get(reader) ?? 0) + bytes;
    if (waiting > 0) byReader.set(reader, waiting);
    else byReader.delete(reader);
  };
  const hold = (reader: string, bytes: number) => {
    count(reader, bytes);
    return () => count(reader, -bytes);
  };
  const roomFor = (reader: string, bytes: number): Result<void> => {
    const own = byReader.get(reader) ?? 0;
    if (own > 0 && own + bytes > WAITING_BYTES_PER_READER_MAX)
      return fail('http/too-many-at-once', 'Large answers to this principal wait to be read: read those first.');
    if (together > 0 && together + bytes > WAITING_BYTES_MAX)
      return fail('service/overloaded', 'Too many large answers are waiting to be read.');
    return ok(undefined);
  };
  return {
    bound: (response, reader, { held, expected }, { graceMs, bytesPerSecondMin }) => {
      if (expected <= SMALL_BYTES_MAX) return ok(undefined);
      const room = roomFor(reader, held);
      if (!room.ok) return room;
      const release = hold(reader, held);
      const cut = setTimeout(() => response.destroy(), graceMs + (1_000 * expected) / bytesPerSecondMin).unref();
      response.once('close', () => {
        clearTimeout(cut);
        release();
      });
      return ok(undefined);
    },
    hold,
  };
}
