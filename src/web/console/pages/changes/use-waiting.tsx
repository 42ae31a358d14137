import { useState } from 'preact/hooks';
import { type WaitingChanges, waitingChanges } from '../../api/changes.ts';
import { type Answered, useAsked } from '../../api/use-answer.ts';

export type Waiting = Answered<WaitingChanges> & { readonly lookFurther: () => void };

/** The changes that wait, asked for again when the ledger grows; as far as one look goes, and further on demand. */
export function useWaiting(): Waiting {
  const [looks, setLooks] = useState(1);
  const answered = useAsked(`waiting ${looks}`, true, (signal, attended) =>
    waitingChanges({ signal, attended, looks }),
  );
  return { ...answered, lookFurther: () => setLooks(looks + 1) };
}

/** Said where not everything was looked through, with the ways to the rest. */
export function NotLookedThrough({ waiting }: { readonly waiting: Waiting }) {
  const { value, lookFurther } = waiting;
  if (value?.goesOn !== true) return null;
  return (
    <div class="notice" role="status">
      <p>
        <b>More may wait than was looked through</b>: {value.pages} pages, and there are others.{' '}
        <code>waybill change list</code> shows all.
      </p>
      <p>
        <button type="button" class="plain" onClick={lookFurther}>
          Look further
        </button>
      </p>
    </div>
  );
}
