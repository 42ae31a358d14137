import { fail, ok, type Result } from '../core/fault.ts';
import { createWaitingLine, type WaitingLine } from '../service/waiting-line.ts';

/** Reads of one caller that are worked on at once: what one shared reading of the database gathers, and little of the main thread. */
const UNDER_WAY_MAX = 16;
/** Reads of one caller that wait for that. */
const WAITING_MAX = 1_024;

/**
 * Works on so many reads of one caller at once; more of theirs wait in the order in which they came. Node works on all requests
 * of a connection at the same time, so that one caller who sends a thousand would have everybody else wait behind them.
 * Where too many wait already the read is not begun (`http/too-many-at-once`). Counts kept in memory, so each replica has its own.
 */
export type ReaderTurns = <T>(reader: string, read: () => Promise<T> | T) => Promise<Result<T>>;

export function createReaderTurns(underWayMax = UNDER_WAY_MAX, waitingMax = WAITING_MAX): ReaderTurns {
  const lines = new Map<string, WaitingLine>();
  const lineOf = (reader: string): WaitingLine => {
    const line = lines.get(reader) ?? createWaitingLine(underWayMax, waitingMax);
    lines.set(reader, line);
    return line;
  };
  return async (reader, read) => {
    const line = lineOf(reader);
    if (!(await line.enter()))
      return fail('http/too-many-at-once', `${waitingMax} reads of this principal or address wait already.`);
    try {
      return ok(await read());
    } finally {
      line.leave();
      if (line.isEmpty()) lines.delete(reader);
    }
  };
}
