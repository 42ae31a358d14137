/** An image whose newest recorded verdict is a fail, and where it runs. */
export type FailingImage = {
  readonly digest: string;
  readonly repository: string;
  /** The entry of the verdict. */
  readonly seq: number;
  readonly environments: readonly string[];
};

/** What the projections say of what awaits somebody. No verdict rests on it. */
export type InboxRows = {
  /**
   * Images whose newest verdict fails and was recorded at `fromSeq` or later, where it matters: the newest of their
   * repository, and those that are released; none that was retired everywhere. The newest verdict first.
   */
  readonly failingImages: (query: {
    readonly globs: readonly string[];
    readonly fromSeq: number;
    readonly limit: number;
  }) => Promise<readonly FailingImage[]>;
  /** Runs that have not ended and end between two times, the first to end first: the entries that opened them. */
  readonly endingRuns: (query: {
    readonly globs: readonly string[];
    readonly from: string;
    readonly to: string;
    readonly limit: number;
  }) => Promise<readonly number[]>;
};
