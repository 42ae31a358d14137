import { ServiceError } from '../service/ports.ts';

/**
 * Lets so many pieces of work run at once; others wait for their turn in the order in which they came. What a caller can
 * make as slow as the tables are large must not take every connection, since appends need one.
 * One more than `waitingMax` rejects with ServiceError `service/overloaded`.
 */
export function createTurns(atOnceMax: number, waitingMax: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  const enter = (): Promise<void> | void => {
    if (running < atOnceMax) {
      running += 1;
      return;
    }
    if (waiting.length >= waitingMax) {
      const message = `${waiting.length} readings of this kind wait already.`;
      throw new ServiceError({ code: 'service/overloaded', message }, { retryAfterSeconds: 1 });
    }
    return new Promise((resume) => waiting.push(resume));
  };
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
