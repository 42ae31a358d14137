import type { Entry } from '../core/entry/entry.ts';
import { runKey } from '../core/entry/keys.ts';
import type { RunClosed } from '../core/entry/kinds/run-closed.ts';
import type { PinnedContract, RunOpened } from '../core/entry/kinds/run-opened.ts';
import { NAME } from '../core/entry/names.ts';
import { INTEGER_MAX } from '../core/limits.ts';
import { isRunEnd, type RunState } from '../core/run/run-state.ts';
import type { LedgerStore } from './ports.ts';
import { proveEntries } from './prove-entries.ts';

/** What opened a run; it never changes. */
export type OpenedRun = {
  readonly run: string;
  readonly repository: string;
  readonly commit: string;
  readonly contracts: readonly PinnedContract[];
  readonly stages: readonly string[];
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly principal: string;
  readonly seq: number;
};

/** What ended a run, and when. */
export type RunEnd = { readonly state: Exclude<RunState, 'open'>; readonly endedAt: string };

/** Runs that are remembered: a pipeline files many entries under each. */
const RUNS_MAX = 10_000;

/** What opened each run, kept in memory: proved once, since the first entry of a list never changes. */
export class RunDirectory {
  readonly #store: LedgerStore;
  readonly #runs = new Map<string, OpenedRun>();

  constructor(store: LedgerStore) {
    this.#store = store;
  }

  /** Undefined for a run that was never opened, whatever the text looks like. */
  async find(run: string): Promise<OpenedRun | undefined> {
    if (!NAME.test(run)) return undefined;
    const known = this.#runs.get(run);
    if (known !== undefined) return known;
    const key = runKey(run);
    const first = (await this.#store.listEntries([key], INTEGER_MAX, 0)).get(key)?.[0];
    if (first?.entry.kind !== 'run.opened') return undefined;
    await proveEntries(this.#store, [first]);
    const opened = openedOfEntry(first.entry);
    const oldest = this.#runs.size >= RUNS_MAX ? this.#runs.keys().next().value : undefined;
    if (oldest !== undefined) this.#runs.delete(oldest);
    this.#runs.set(run, opened);
    return opened;
  }

  /** How the run ended, undefined while it is open: nothing is filed under a run after its end, so that its list ends with it. */
  async findEnd(run: string): Promise<RunEnd | undefined> {
    const key = runKey(run);
    const end = (await this.#store.listEnds([key])).get(key);
    const [newest] = end === undefined ? [] : await this.#store.entries([end.seq]);
    if (newest === undefined || !isRunEnd(newest.entry.kind)) return undefined;
    await proveEntries(this.#store, [newest]);
    return endOfEntry(newest.entry);
  }
}

/** What a `run.opened` says. */
export function openedOfEntry({ run = '', repository = '', body, time, principal, seq }: Entry): OpenedRun {
  const { commit, contracts, stages, expires } = body as RunOpened;
  return { run, repository, commit, contracts, stages, openedAt: time, expiresAt: expires, principal, seq };
}

/** What a `run.closed` or `run.expired` says. */
export function endOfEntry({ kind, body, time }: Entry): RunEnd {
  return { state: kind === 'run.closed' ? (body as RunClosed).outcome : 'expired', endedAt: time };
}
