import { callText } from '../api/call.ts';

/** What this browser last heard of the ledger: its size, and whether it hears of changes at once. */
export type Ledger = { readonly size: number | undefined; readonly live: boolean };

const POLL_MS = 2_000;
const POLL_MS_MAX = 60_000;

/**
 * Tells of the ledger's size whenever it changed, by asking for its checkpoint: every two seconds, less often while
 * nothing answers, and not at all while nobody looks at the page. Answers how to stop. What it says is a hint to ask
 * again; nothing is believed because of it.
 */
export function watchLedger(tell: (ledger: Ledger) => void): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = POLL_MS;
  const look = async () => {
    try {
      const size = sizeOf(await callText('/log/checkpoint', { attended: false }));
      waitMs = POLL_MS;
      if (!stopped) tell({ size, live: true });
    } catch {
      waitMs = Math.min(waitMs * 2, POLL_MS_MAX);
      if (!stopped) tell({ size: undefined, live: false });
    }
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    if (!stopped && !document.hidden) timer = setTimeout(() => void look(), waitMs);
  };
  const seen = () => {
    if (!document.hidden) void look();
  };
  document.addEventListener('visibilitychange', seen);
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
  };
}

/** Second line of a checkpoint: the size of its tree. */
function sizeOf(checkpoint: string): number | undefined {
  const size = /^[^\n]+\n([0-9]+)\n/.exec(checkpoint)?.[1];
  return size === undefined ? undefined : Number(size);
}
