import type { RunOutcome } from '../entry/kinds/run-closed.ts';

/** What a run can be: open, closed with one of the outcomes, or expired. */
export const RUN_STATES = ['open', 'succeeded', 'failed', 'cancelled', 'expired'] as const satisfies readonly (
  | RunOutcome
  | 'expired'
  | 'open'
)[];
export type RunState = (typeof RUN_STATES)[number];

/** Kinds that end a run; nothing is filed under it afterwards. */
const RUN_ENDS: readonly string[] = ['run.closed', 'run.expired'];

/** Whether an entry of that kind ends the run that it is filed under. */
export function isRunEnd(kind: string): boolean {
  return RUN_ENDS.includes(kind);
}
