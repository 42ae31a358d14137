import type { Entry } from '../entry/entry.ts';
import type { RunClosed } from '../entry/kinds/run-closed.ts';
import type { RunOpened } from '../entry/kinds/run-opened.ts';
import { isRunEnd, type RunState } from './run-state.ts';

/** One run of a commit, and which one it is: the n-th that was opened is attempt n. */
export type Attempt = {
  readonly number: number;
  readonly run: string;
  readonly outcome: RunState;
  readonly opened: string;
  readonly expires: string;
  readonly ended?: string;
  /** The entry that opened it and the one that ended it, each with who wrote it. */
  readonly openedSeq: number;
  readonly openedBy: string;
  readonly endedSeq?: number;
  readonly endedBy?: string;
};

/**
 * The attempts at a commit, out of its whole `source:` list in its order. Nothing of it is stored: it follows from the
 * entries. The first end of a run after its opening counts. Total, whatever the list holds.
 */
export function attemptsOf(list: readonly Entry[]): readonly Attempt[] {
  const attempts = new Map<number, Attempt>();
  const byRun = new Map<string, number>();
  for (const entry of list) {
    const { kind, run = '', time, seq, principal } = entry;
    if (kind === 'run.opened') {
      const number = attempts.size + 1;
      const { expires } = entry.body as RunOpened;
      attempts.set(number, {
        number,
        run,
        outcome: 'open',
        opened: time,
        expires,
        openedSeq: seq,
        openedBy: principal,
      });
      byRun.set(run, byRun.get(run) ?? number);
    } else if (isRunEnd(kind)) {
      const open = attempts.get(byRun.get(run) ?? 0);
      if (open?.outcome !== 'open') continue;
      const outcome = kind === 'run.closed' ? (entry.body as RunClosed).outcome : 'expired';
      attempts.set(open.number, { ...open, outcome, ended: time, endedSeq: seq, endedBy: principal });
    }
  }
  return [...attempts.values()];
}
