import { fail, ok, type Result } from '../core/fault.ts';

/** Reads of one caller that are worked on at once: what one shared reading of the database gathers, and little of the main thread. */
const UNDER_WAY_MAX = 16;
/** Reads of one caller that wait for that. */
const WAITING_MAX = 1_024;

type Line = { underWay: number; readonly waiting: (() => void)[] };

/**
 * Works on so many reads of one caller at once; more of theirs wait in the order in which they came. Node works on all requests
 * of a connection at the same time, so that one caller who sends a thousand would have everybody else wait behind them.
 * Where too many wait already the read is not begun (`http/too-many-at-once`). Counts kept in memory, so each replica has its own.
 */
export type ReaderTurns = <T>(reader: string, read: () => Promise<T> | T) => Promise<Result<T>>;

export function createReaderTurns(underWayMax = UNDER_WAY_MAX, waitingMax = WAITING_MAX): ReaderTurns {
  const lines = new Map<string, Line>();
  const lineOf = (reader: string): Line => {
    const line = lines.get(reader) ?? { underWay: 0, waiting: [] };
    lines.set(reader, line);
    return line;
  };
  const leave = (reader: string, line: Line) => {
    const next = line.waiting.shift();
    // Whoever is next takes over the place, so that nobody who comes meanwhile does.
    if (next !== undefined) return next();
    line.underWay -= 1;
    if (line.underWay === 0) lines.delete(reader);
  };
  return async (reader, read) => {
    const line = lineOf(reader);
    if (line.underWay < underWayMax) line.underWay += 1;
    else if (line.waiting.length >= waitingMax)
      return fail('http/too-many-at-once', `${waitingMax} reads of this principal or address wait already.`);
    else await new Promise<void>((resume) => line.waiting.push(resume));
    try {
      return ok(await read());
    } finally {
      leave(reader, line);
    }
  };
}
