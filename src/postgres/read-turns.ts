import { ServiceError } from '../service/ports.ts';
import { createWaitingLine } from '../service/waiting-line.ts';

/**
 * Lets so many pieces of work run at once; others wait for their turn in the order in which they came. What a caller can
 * make as slow as the tables are large must not take every connection, since appends need one.
 * One more than `waitingMax` rejects with ServiceError `service/overloaded`.
 */
export function createTurns(atOnceMax: number, waitingMax: number): <T>(work: () => Promise<T>) => Promise<T> {
  const line = createWaitingLine(atOnceMax, waitingMax);
  return async (work) => {
    if (!(await line.enter())) {
      const message = `${waitingMax} readings of this kind wait already.`;
      throw new ServiceError({ code: 'service/overloaded', message }, { retryAfterSeconds: 1 });
    }
    try {
      return await work();
    } finally {
      line.leave();
    }
  };
}
