import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Problem, problemOfError } from '../api/call.ts';
import { ProblemNote } from './states.tsx';

type ConfirmProps = {
  readonly title: string;
  /** What it will change, said before anything is done, and the fields that it takes. */
  readonly children: ComponentChildren;
  /** On the button that does it. */
  readonly verb: string;
  /** False as long as something is missing. */
  readonly ready?: boolean;
  readonly danger?: boolean;
  /** Does it; what it throws is shown, and the dialog stays. */
  readonly act: () => Promise<void>;
  readonly close: () => void;
};

/** A dialog between a wish and its doing: it shows what changes first. Escape and “Leave it” change nothing. */
export function Confirm({ title, children, verb, ready = true, danger = false, act, close }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
      dialog.current?.close();
    } catch (error) {
      setProblem(problemOfError(error));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} class="confirm card" aria-labelledby="confirm-title" onClose={close}>
      <form onSubmit={submit}>
        <h2 id="confirm-title">{title}</h2>
        <div class="confirm-body">{children}</div>
        {problem !== undefined && <ProblemNote problem={problem} />}
        <div class="confirm-buttons">
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="submit" class={danger ? 'danger' : ''} disabled={busy || !ready}>
            {busy ? 'Working…' : verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}
