/** Whatever begins with `prefix`, within a scope, in the order of its bytes: at most `limit`. */
export type PrefixQuery = { readonly prefix: string; readonly globs: readonly string[]; readonly limit: number };

/** An image that is known in a repository: when its newest signature was recorded, absent where it was never signed there. */
export type FoundImage = {
  readonly digest: string;
  readonly repository: string;
  readonly signedAt?: string;
  readonly verdict?: string;
  /** Entries about the image that that verdict did not see, releases apart; absent where there is none. */
  readonly entriesSince?: number;
  /** There where it was retired everywhere. */
  readonly retired?: true;
};
/** A commit and how many runs were opened of it; none where it was only attested. */
export type FoundCommit = { readonly commit: string; readonly repository: string; readonly runs: number };
export type FoundRun = {
  readonly run: string;
  readonly repository: string;
  readonly commit: string;
  readonly state: string;
};
/** An image that a signature gave the tag to. */
export type FoundTag = {
  readonly tag: string;
  readonly repository: string;
  readonly digest: string;
  readonly signedAt: string;
};
export type FoundWaiver = { readonly waiver: string; readonly repository: string; readonly digest: string };

/** What a repository holds, by the projections; places are seqs of entries. */
export type RepositoryRow = {
  readonly repository: string;
  /** Images signed in it; the bound of counting stands for that many or more. */
  readonly images: number;
  readonly newest?: { readonly digest: string; readonly signedAt: string; readonly seq: number };
  readonly judged?: {
    readonly digest: string;
    readonly verdict: string;
    readonly seq: number;
    /** Entries about the image that that verdict did not see, releases apart; absent where there is none. */
    readonly entriesSince?: number;
    /** There where the image was retired everywhere. */
    readonly retired?: true;
  };
  /** The newest entry that signed, opened a run or recorded a verdict; absent where there is none. */
  readonly activeSeq?: number;
};

/** What the projections answer to a search. No verdict rests on it. */
export type SearchRows = {
  /** Images by the first characters of their digest; one that was never signed, nor contained in an index that was, by the whole of it. */
  readonly imagesLike: (query: PrefixQuery & { readonly repository?: string }) => Promise<readonly FoundImage[]>;
  /** Commits of runs; one that was only attested, by the whole of it. */
  readonly commitsLike: (query: PrefixQuery) => Promise<readonly FoundCommit[]>;
  readonly runsLike: (query: PrefixQuery) => Promise<readonly FoundRun[]>;
  /** Tags in the order of their bytes, what got one last first. */
  readonly tagsLike: (query: PrefixQuery & { readonly repository?: string }) => Promise<readonly FoundTag[]>;
  readonly waiversLike: (query: PrefixQuery) => Promise<readonly FoundWaiver[]>;
  /** Names that are not scoped. */
  readonly namesLike: (
    area: 'contract' | 'signer',
    query: Pick<PrefixQuery, 'prefix' | 'limit'>,
  ) => Promise<readonly string[]>;
  readonly repositoriesLike: (query: PrefixQuery) => Promise<readonly string[]>;
  /** Repositories by name, those after `after`. */
  readonly repositories: (query: {
    readonly globs: readonly string[];
    readonly after?: string;
    readonly limit: number;
  }) => Promise<readonly RepositoryRow[]>;
};
