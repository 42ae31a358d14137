import type { RunState } from '../core/run/run-state.ts';

/** A run as lists find it: the entry that opened it, how many of its commit were opened up to it, and what ended it. */
export type RunRow = { readonly run: string; readonly seq: number; readonly attempt: number; readonly endSeq?: number };

/** A place in the order in which runs expire. */
export type ExpiryPlace = { readonly expiresAt: Date; readonly run: string };

/** Runs whose time has passed, as far as was looked. */
export type OverdueRuns = {
  /** Those that have not ended. */
  readonly open: readonly string[];
  /** How many were looked at, and the place of the last of them, absent where there was none. */
  readonly looked: number;
  readonly last?: ExpiryPlace;
  /** The database's clock. */
  readonly now: Date;
};

/** What the projections answer of runs. No verdict rests on it. */
export type RunRows = {
  /** Runs, newest first, below `beforeSeq`. */
  readonly runs: (filter: {
    readonly repository?: string;
    readonly commit?: string;
    readonly state?: RunState;
    readonly globs: readonly string[];
    readonly beforeSeq?: number;
    readonly limit: number;
  }) => Promise<readonly RunRow[]>;
  /** How many runs of the commit were opened up to the entry `seq`, it included. */
  readonly attempt: (repository: string, commit: string, seq: number) => Promise<number>;
  /** Looks at the `limit` runs that come next after `after` in the order of their expiry, and whose time has passed. */
  readonly overdueRuns: (after: ExpiryPlace | undefined, limit: number) => Promise<OverdueRuns>;
};
