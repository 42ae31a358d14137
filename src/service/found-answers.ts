import type { Facts } from '../core/facts/facts.ts';
import type { FaultCode } from '../core/fault.ts';
import type { SignerView } from './answers.ts';
import type { FoundCommit, FoundImage, FoundRun, FoundTag, FoundWaiver } from './search-rows.ts';

/** One thing that a search found: enough to tell it from others, and to ask for it. */
export type SearchHit =
  | ({ readonly type: 'image' } & FoundImage)
  | ({ readonly type: 'tag' } & FoundTag)
  | ({ readonly type: 'commit' } & FoundCommit)
  | ({ readonly type: 'run' } & FoundRun)
  | ({ readonly type: 'waiver' } & FoundWaiver)
  | { readonly type: 'signer'; readonly signer: string; readonly state: SignerView['state']; readonly title?: string }
  | { readonly type: 'repository'; readonly repository: string }
  | { readonly type: 'contract'; readonly contract: string };

/** What can be found by a search. */
export type SearchType = SearchHit['type'];

/** Hits of all types, and the types of which there are more. */
export type SearchAnswer = { readonly items: readonly SearchHit[]; readonly more: readonly SearchType[] };

/** A repository, what it holds and what was last done in it. */
export type RepositoryView = {
  readonly repository: string;
  /** Signed images; 1,000 stands for that many or more. */
  readonly images: number;
  /** When an image was last signed, a run opened or a verdict recorded; absent where none ever was. */
  readonly activeAt?: string;
  readonly newest?: { readonly digest: string; readonly signedAt: string };
  /** The last verdict that was recorded in it. */
  readonly verdict?: {
    readonly digest: string;
    readonly verdict: string;
    readonly seq: number;
    readonly time: string;
    /** Entries about that image that it did not see, releases apart; absent where there is none. */
    readonly entriesSince?: number;
    /** There where that image was retired everywhere. */
    readonly retired?: true;
  };
};

/** What is stated of an image, in numbers. A member is absent where nothing states it. */
export type TrendFacts = {
  /** Of config and layers as they are transported; an index has none of its own. */
  readonly bytes?: number;
  readonly layers?: number;
  readonly components?: number;
  readonly vulnerabilities?: Omit<NonNullable<Facts['vulnerabilities']>, 'list'>;
  readonly findings?: NonNullable<Facts['findings']>;
  readonly tests?: NonNullable<Facts['tests']>;
};

/** One image of a repository, as a point of its trends. */
export type TrendPoint = {
  readonly digest: string;
  readonly seq: number;
  readonly signedAt: string;
  readonly shape: string;
  /** The newest recorded verdict. */
  readonly verdict?: string;
  /** Entries about the image that that verdict did not see, releases apart; absent where there is none. */
  readonly entriesSince?: number;
  /** There where it was retired everywhere. */
  readonly retired?: true;
  /** Whether the evidence holds together; where it does not, no facts are shown. Absent where there is a fault. */
  readonly intact?: boolean;
  readonly facts?: TrendFacts;
  /** Why the evidence was not read. */
  readonly fault?: FaultCode;
};

/** What can await somebody, in the order of what comes first where nothing has a time. */
export const INBOX_KINDS = [
  'break-glass',
  'approve-waiver',
  'confirm-change',
  'image-fails',
  'waiver-expires',
  'run-expires',
  'signer-ages',
] as const;
export type InboxKind = (typeof INBOX_KINDS)[number];

/** One thing that awaits the caller. */
export type InboxItem = {
  readonly kind: InboxKind;
  /** What to do, in a sentence. */
  readonly todo: string;
  /** When it began to wait. */
  readonly since: string;
  /** Until when it is to be done; absent where nothing ends. */
  readonly until?: string;
  readonly repository?: string;
  readonly digest?: string;
  /** Where the image runs now. */
  readonly environments?: readonly string[];
  readonly waiver?: string;
  readonly run?: string;
  readonly commit?: string;
  readonly signer?: string;
  /** The list that the change is for, and the entry that proposes it. */
  readonly change?: string;
  readonly seq?: number;
};

/** What awaits the caller, what is due first first, and the kinds of which there is more. */
export type InboxAnswer = {
  readonly items: readonly InboxItem[];
  readonly more: readonly InboxKind[];
  readonly evaluatedAt: string;
};
