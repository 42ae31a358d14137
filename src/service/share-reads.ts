/** Keys of one reading; more wait for the next. */
const KEYS_MAX = 4_096;

type Round<Value> = {
  readonly keys: Set<string>;
  readonly outcome: Promise<ReadonlyMap<string, Value>>;
  readonly begin: () => void;
};

/**
 * A reading of many keys that all share who ask meanwhile: at most one is under way, and those that ask while it is go
 * together into the next. Nobody is ever answered from a reading that began before they asked, so that what was
 * committed until then is seen.
 */
export function shareReads<Value>(
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>> {
  const waiting: Round<Value>[] = [];
  let reading = false;

  const next = () => {
    const round = reading ? undefined : waiting.shift();
    if (round === undefined) return;
    reading = true;
    round.begin();
  };
  const openRound = (): Round<Value> => {
    const keys = new Set<string>();
    const { promise, resolve } = Promise.withResolvers<ReadonlyMap<string, Value>>();
    const begin = () => resolve(read([...keys]));
    promise.then(done, done);
    return { keys, outcome: promise, begin };
  };
  const done = () => {
    reading = false;
    next();
  };

  return (keys) => {
    let round = waiting.at(-1);
    if (round === undefined || round.keys.size + keys.length > KEYS_MAX) {
      round = openRound();
      waiting.push(round);
      // Not at once: what is asked in this turn of the event loop, on whichever connection, goes along.
      setImmediate(next);
    }
    for (const key of keys) round.keys.add(key);
    return round.outcome;
  };
}
