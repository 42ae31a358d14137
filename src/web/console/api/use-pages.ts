import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Page } from './answers.ts';
import { addressOf, call, type Problem, problemOfError, type Query } from './call.ts';

/** A list as far as it was read: its items, whether there are more, and why a page of it could not be read. */
export type Paged<T> = {
  readonly items: readonly T[];
  /** Whether an answer has come at all. */
  readonly known: boolean;
  readonly loading: boolean;
  readonly problem?: Problem;
  /** Absent where there are no more. */
  readonly more?: () => void;
  readonly reload: () => void;
};

type State<T> = {
  readonly address?: string;
  readonly items: readonly T[];
  readonly known: boolean;
  readonly next?: string;
  readonly loading: boolean;
  readonly problem?: Problem;
};

const NOTHING: State<never> = { items: [], known: false, loading: true };

/** A list of the service, page by page: the first is asked for when it is shown, each further one when somebody wants it. */
export function usePages<T>(path: string, query: Query = {}): Paged<T> {
  const address = addressOf(path, query);
  const [state, setState] = useState<State<T>>(NOTHING);
  const [wanted, setWanted] = useState<{ readonly address: string; readonly cursor?: string; readonly turn: number }>({
    address,
    turn: 0,
  });
  const current = wanted.address === address ? wanted : { address, turn: 0 };
  useEffect(() => {
    const stop = new AbortController();
    const { cursor } = current;
    setState((before) => {
      const kept = cursor === undefined || before.address !== address ? NOTHING : withoutProblem(before);
      return { ...kept, address, loading: true };
    });
    call<Page<T>>('GET', path, { query: { ...query, cursor }, signal: stop.signal }).then(
      ({ items, next }) => {
        if (stop.signal.aborted) return;
        setState((before) => ({
          address,
          items: cursor === undefined ? items : [...before.items, ...items],
          known: true,
          loading: false,
          ...(next === undefined ? {} : { next }),
        }));
      },
      (error) => {
        if (!stop.signal.aborted)
          setState((before) => ({ ...before, address, loading: false, problem: problemOfError(error) }));
      },
    );
    return () => stop.abort();
  }, [address, current.cursor, current.turn]);
  const reload = useCallback(() => setWanted(({ turn }) => ({ address, turn: turn + 1 })), [address]);
  const shown: State<T> = state.address === address ? state : NOTHING;
  const { next, loading } = shown;
  return {
    items: shown.items,
    known: shown.known,
    loading,
    ...(shown.problem === undefined ? {} : { problem: shown.problem }),
    ...(next === undefined ? {} : { more: () => setWanted(({ turn }) => ({ address, cursor: next, turn: turn + 1 })) }),
    reload,
  };
}

function withoutProblem<T>({ problem: _problem, next: _next, ...rest }: State<T>): State<T> {
  return rest;
}
