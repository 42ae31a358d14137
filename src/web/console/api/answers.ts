/** Answers of the service, as far as pages read them. docs/spec/http.md and `/docs` have all of each. */
export type Page<T> = { readonly items: readonly T[]; readonly next?: string };

export type Verdict = 'pass' | 'waived' | 'fail' | 'unjudged';

export type ImageSummary = {
  readonly digest: string;
  readonly repository: string;
  readonly mediaType: string;
  readonly shape: string;
  readonly signedAt: string;
  readonly seq: number;
  readonly attestations: number;
  /** Newest recorded verdict: what the service found then, and no verdict of this browser. */
  readonly verdict?: Verdict;
  /** Entries about the image that that verdict did not see, releases apart; absent where there is none. */
  readonly entriesSince?: number;
  /** There where it was retired everywhere, as the service lists it. */
  readonly retired?: true;
};

export type Act = { readonly seq: number; readonly time: string; readonly principal: string };

export type ReleaseView = {
  readonly digest: string;
  readonly repository: string;
  readonly environment: string;
  readonly state: 'current' | 'superseded' | 'retired';
  readonly verdict: number;
  readonly released: Act;
};

export type SessionView = {
  readonly id: string;
  readonly createdAt: string;
  readonly seenAt: string;
  readonly expiresAt: string;
};
