import { call } from '../api/call.ts';
import { judge } from '../verify/judge.ts';
import type { Judged } from '../verify/judged.ts';

/** The newest state of a pinned log that this browser was shown, and found signed. */
export type SeenLog = { readonly origin: string; readonly size: number; readonly root: string };

/** Why what is shown now cannot be of the log that was shown before. */
export type Contradiction = {
  readonly code: 'checkpoint/rolled-back' | 'checkpoint/forked';
  readonly title: string;
  readonly text: string;
};

const PLACE = 'waybill.seen';

/** What this browser remembers. To be read before the service is asked: then an older answer is a rollback, and no race. */
export function rememberedLog(): SeenLog | undefined {
  try {
    const seen = JSON.parse(localStorage.getItem(PLACE) ?? 'null') as SeenLog | null;
    return seen !== null && Number.isSafeInteger(seen.size) && typeof seen.root === 'string' ? seen : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether what was judged continues what this browser was shown before; then it is remembered in its place. Asked of what
 * holds under a pinned key only: without one nothing is remembered, and nothing can be contradicted.
 */
export async function continuesLog(
  before: SeenLog | undefined,
  { pinned, result }: Judged,
  ask: { readonly signal: AbortSignal; readonly attended: boolean },
): Promise<Contradiction | undefined> {
  const { checkpoint, origin } = result;
  if (!pinned || !result.intact || checkpoint === undefined || origin === undefined) return undefined;
  const { size, root } = checkpoint;
  if (before?.origin === origin) {
    if (size < before.size) return rolledBack(before.size, size);
    const path = size === before.size ? [] : await readPath(before.size, size, ask);
    const held = await judge<'continues'>({ kind: 'continues', first: before, second: { size, root }, path });
    if (!held.ok) return forked(before.size, size);
  }
  remember({ origin, size, root });
  return undefined;
}

async function readPath(from: number, to: number, ask: { readonly signal: AbortSignal; readonly attended: boolean }) {
  const { path } = await call<{ readonly path: readonly string[] }>('GET', '/v1/consistency', {
    query: { from, to },
    ...ask,
  });
  return path;
}

function rolledBack(before: number, now: number): Contradiction {
  return {
    code: 'checkpoint/rolled-back',
    title: 'The log was rolled back',
    text: `This browser was shown ${before.toLocaleString('en')} entries of it before, and now ${now.toLocaleString('en')}. What was recorded since is being kept from you.`,
  };
}

function forked(before: number, now: number): Contradiction {
  return {
    code: 'checkpoint/forked',
    title: 'The log has two histories',
    text: `What is shown now, with ${now.toLocaleString('en')} entries, does not continue what this browser was shown before, with ${before.toLocaleString('en')}.`,
  };
}

/** Another tab may have been shown more meanwhile. */
function remember(seen: SeenLog): void {
  const known = rememberedLog();
  if (known?.origin === seen.origin && known.size >= seen.size) return;
  try {
    localStorage.setItem(PLACE, JSON.stringify(seen));
  } catch {
    // A browser that keeps nothing notices nothing between two visits.
  }
}
