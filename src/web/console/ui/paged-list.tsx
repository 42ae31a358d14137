import type { ComponentChildren } from 'preact';
import type { Paged } from '../api/use-pages.ts';
import { Loading, ProblemNote } from './states.tsx';

type PagedListProps<T> = {
  readonly paged: Paged<T>;
  /** What is listed, in words. */
  readonly what: string;
  /** Shown in place of a list that holds nothing. */
  readonly empty: ComponentChildren;
  readonly children: (items: readonly T[]) => ComponentChildren;
};

/** A list as far as it was read, and the button that reads on. */
export function PagedList<T>({ paged, what, empty, children }: PagedListProps<T>) {
  const { items, known, loading, problem, more, reload } = paged;
  const isFirst = items.length === 0;
  return (
    <>
      {!isFirst && children(items)}
      {isFirst && known && problem === undefined && empty}
      {problem !== undefined && <ProblemNote problem={problem} retry={reload} />}
      {loading && <Loading what={isFirst ? what : `more ${what}`} />}
      {more !== undefined && !loading && (
        <p class="more">
          <button type="button" class="plain" onClick={more}>
            Show more {what}
          </button>
        </p>
      )}
    </>
  );
}
