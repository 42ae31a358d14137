import type { SignedHead } from './checkpoint-signer.ts';
import type { ServiceContext } from './context.ts';
import { shareReads } from './share-reads.ts';

/**
 * How often the head is looked at for those who wait: whichever replica appends, they hear of it this much later. A
 * notification by the database would have every append pay for it, whether anybody waits or not.
 */
const LOOK_MS = 200;

/** How long to wait for entries that are not there yet, and what ends the waiting early. */
export type Waiting = { readonly milliseconds: number; readonly signal: AbortSignal };

/**
 * The newest signed head: the one of now, or, where it covers no more than `size` entries, the first to cover more; the one
 * of then where the waiting ends before there is one. Undefined while the log is empty.
 */
export type AwaitHead = (size: number, waiting: Waiting | undefined) => Promise<SignedHead | undefined>;

export function openAwaitHead({ sequencer }: Pick<ServiceContext, 'sequencer'>): AwaitHead {
  const readAll = shareReads(async () => new Map([['newest', await sequencer.checkpoint()]]));
  const read = async () => (await readAll(['newest'])).get('newest');
  return async (size, waiting) => {
    const until = performance.now() + (waiting?.milliseconds ?? 0);
    for (;;) {
      const signed = await read();
      if (waiting === undefined || (signed?.head.frontier.size ?? 0) > size) return signed;
      const left = until - performance.now();
      if (left <= 0 || waiting.signal.aborted) return signed;
      await pause(Math.min(left, untilNextLook()), waiting.signal);
    }
  };
}

/** Everybody looks at the same instants, and so shares the statement. */
function untilNextLook(): number {
  return LOOK_MS - (performance.now() % LOOK_MS);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
