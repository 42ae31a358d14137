import type { Entry } from '../entry/entry.ts';
import type { RunOpened } from '../entry/kinds/run-opened.ts';
import type { WaiverRequested } from '../entry/kinds/waiver-requested.ts';
import { isRunEnd } from '../run/run-state.ts';
import type { TableRow } from './table.ts';

/** Columns of the table of what was open. */
export const OPEN_COLUMNS = ['seq', 'since', 'kind', 'id', 'state', 'repository', 'about', 'expires'] as const;

type Open = TableRow & { readonly seq: number; readonly expires: string };

/**
 * What began in a period and had not ended when it did: runs that nobody closed, and waivers that were asked for or in force.
 * What began earlier is in the balance of the period before. Remembered is what can still be open: a waiver that has
 * expired is forgotten as time goes on.
 */
export class OpenBalance {
  readonly #runs = new Map<string, Open>();
  readonly #waivers = new Map<string, Open>();
  #swept = 0;

  take(entry: Entry): void {
    const { kind, run = '', body } = entry;
    if (kind === 'run.opened') this.#runs.set(run, openRun(entry));
    else if (isRunEnd(kind)) this.#runs.delete(run);
    else if (kind === 'waiver.requested') this.#waivers.set((body as WaiverRequested).waiver, openWaiver(entry));
    else if (kind === 'waiver.approved') this.#approve((body as WaiverRequested).waiver);
    else if (kind === 'waiver.revoked') this.#waivers.delete((body as WaiverRequested).waiver);
    if (this.#waivers.size > 2 * this.#swept + SWEPT_MIN) this.#sweep(entry.time);
  }

  /** What is open after all entries that were taken, the last of them at `time`, in the order in which it began. */
  rows(time: string): readonly TableRow[] {
    this.#sweep(time);
    return [...this.#runs.values(), ...this.#waivers.values()].sort((a, b) => a.seq - b.seq);
  }

  #approve(waiver: string): void {
    const open = this.#waivers.get(waiver);
    if (open !== undefined) this.#waivers.set(waiver, { ...open, state: 'approved' });
  }

  #sweep(time: string): void {
    for (const [waiver, { expires }] of this.#waivers) if (expires <= time) this.#waivers.delete(waiver);
    this.#swept = this.#waivers.size;
  }
}

/** Below as many it is not worth looking. */
const SWEPT_MIN = 256;

function openRun({ seq, time, run, repository, body }: Entry): Open {
  const { commit, expires } = body as RunOpened;
  return { seq, since: time, kind: 'run', id: run, state: 'open', repository, about: `gitCommit:${commit}`, expires };
}

function openWaiver({ seq, time, repository, body }: Entry): Open {
  const { waiver, digest, expires, breakGlass } = body as WaiverRequested;
  const state = breakGlass ? 'break-glass' : 'requested';
  return { seq, since: time, kind: 'waiver', id: waiver, state, repository, about: digest, expires };
}
