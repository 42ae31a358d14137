import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useLedgerSize } from '../live/ledger.tsx';
import { addressOf, call, type Problem, problemOfError, type Query } from './call.ts';

/** What became of a question: nothing yet, an answer (perhaps from before a change), or why there is none. */
export type Answered<T> = {
  readonly value?: T;
  readonly problem?: Problem;
  readonly loading: boolean;
  /** Asks again, as a person does. */
  readonly reload: () => void;
};

type Options = {
  readonly query?: Query;
  /** Asks again whenever the ledger has grown; what was answered before stands meanwhile. */
  readonly live?: boolean;
};

/** The answer of the service to a `GET`, asked when the page shows it; where the path is undefined, nothing is asked. */
export function useAnswer<T>(path: string | undefined, { query = {}, live = false }: Options = {}): Answered<T> {
  const address = path === undefined ? undefined : addressOf(path, query);
  return useAsked(address, live, (signal, attended) => call<T>('GET', address ?? '', { signal, attended }));
}

type State<T> = { readonly key?: string; readonly value?: T; readonly problem?: Problem };

/**
 * The same for any question: `ask` is put again when `key` changes, on `reload`, and with `live` when the ledger grows.
 * An answer to an earlier question is never shown for a later one.
 */
export function useAsked<T>(
  key: string | undefined,
  live: boolean,
  ask: (signal: AbortSignal, attended: boolean) => Promise<T>,
): Answered<T> {
  const grown = useGrownSize();
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<State<T>>({});
  const [loading, setLoading] = useState(key !== undefined);
  const asked = useRef<{ readonly key: string; readonly turn: number }>(undefined);
  useEffect(() => {
    if (key === undefined) return;
    const stop = new AbortController();
    // Where the ledger grew, and nobody did anything, the session is not kept alive by that.
    const attended = asked.current?.key !== key || asked.current.turn !== turn;
    asked.current = { key, turn };
    setLoading(true);
    const settle = (next: (before: State<T>) => State<T>) => {
      if (stop.signal.aborted) return;
      setState(next);
      setLoading(false);
    };
    ask(stop.signal, attended).then(
      (value) => settle(() => ({ key, value })),
      (error) => settle((before) => ({ ...(before.key === key ? before : {}), key, problem: problemOfError(error) })),
    );
    return () => stop.abort();
  }, [key, turn, live ? grown : undefined]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const current = state.key === key ? state : {};
  return {
    ...(current.value === undefined ? {} : { value: current.value }),
    ...(current.problem === undefined ? {} : { problem: current.problem }),
    loading: loading || (key !== undefined && state.key !== key),
    reload,
  };
}

/** Size of the ledger once it is another than when it was first heard: that is when there is something new to ask for. */
function useGrownSize(): number | undefined {
  const size = useLedgerSize();
  const first = useRef(size);
  first.current ??= size;
  return size === first.current ? undefined : size;
}
