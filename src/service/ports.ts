import type { PublicKey } from '../core/crypto/public-key.ts';
import type { EvidenceParts } from '../core/custody/evidence.ts';
import type { TrustFile } from '../core/custody/trust-file.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';
import type { Entry, Proposal } from '../core/entry/entry.ts';
import type { Fault, Result } from '../core/fault.ts';
import type { MapValue } from '../core/map/map-key.ts';
import type { Frontier } from '../core/merkle/frontier.ts';
import type { TileId } from '../core/merkle/tile.ts';
import type { LookUpRows } from './look-up-rows.ts';
import type { RestsOn } from './rests-on.ts';

export type { FoundSession, SessionRow, SessionStore, TokenRow, TokenStore } from './credential-ports.ts';
export type { HeadAuthenticator, ServiceKeys, SigningKey, TokenAuthenticator } from './key-ports.ts';

/** What a store keeps of a payload: the commitment that the entry carries (32 bytes), its salt, and the exact bytes. */
export type StoredPayload = { readonly commitment: Uint8Array; readonly salt: Uint8Array; readonly bytes: Uint8Array };

/**
 * One submission on its way into the ledger. `identity` (32 bytes) names the submission, so that a retry is known as
 * one. `restsOn` are the lists that its authorisation was read from: where one has moved by the time the lock is held, the
 * submission comes back as stale and is authorised again.
 */
export type Submission = {
  readonly identity: Uint8Array;
  readonly proposal: Proposal;
  readonly payload?: StoredPayload;
  /** The tag that the signature of an image names, for searches: what `waybill rebuild` reads out of its document. */
  readonly tag?: string;
  readonly restsOn: readonly RestsOn[];
  /** From when on it may not be in the ledger any more (an entry's `time`): then it comes back as stale, too. */
  readonly before?: string;
  /** It can only be one that is in the ledger: where it is not, it comes back as stale, and nothing is appended. */
  readonly isKnown?: boolean;
  /** Until when it may not be in the ledger yet; likewise. */
  readonly from?: string;
  /** What a retry has in common with the entry that it finds: body and run, unless said otherwise. */
  readonly repeats?: readonly ('body' | 'payload' | 'run')[];
  /**
   * Where the caller chose the identity by a key of their own: what was asked under it, 32 bytes. Under the same key
   * something else is declined (`http/idempotency-key-reused`).
   */
  readonly request?: Uint8Array;
};

/** What became of a submission: an entry, new or found; the news that what it rests on has moved; or a refusal of its own. */
export type Appended =
  | { readonly outcome: 'appended' | 'found'; readonly seq: number }
  | { readonly outcome: 'stale' }
  /** The database is not what it must be. */
  | { readonly outcome: 'refused'; readonly fault: Fault }
  /** What is asked cannot be: its place is full, or its key was used for something else. */
  | { readonly outcome: 'declined'; readonly fault: Fault };

/** An entry that a batch appended, with its inclusion path under the head of the batch: what its receipt needs. */
export type ProvedEntry = { readonly entry: Entry; readonly path: readonly Uint8Array[] };

/**
 * A committed batch: where each submission went, the head that it was linked to, and the head after it. `entries` are
 * those that it appended, from the size of `grownFrom` on.
 */
export type AppendedBatch = {
  readonly results: readonly Appended[];
  readonly grownFrom: StoredHead;
  readonly head: StoredHead;
  readonly entries: readonly ProvedEntry[];
};

/** A committed head, its MAC checked. `mapRoot` is that of the `map.committed` which stands last below it. */
export type StoredHead = {
  readonly origin: string;
  /** The log key whose MAC it carries, as the hex of its public part; absent at size 0. */
  readonly macKey?: string;
  readonly frontier: Frontier;
  readonly root: Uint8Array;
  readonly mapRoot: Uint8Array;
};

/** What the map says of a list, absent where it has no entries, and the bytes that prove either (`formatMapProof`). */
export type ProvedList = { readonly value?: MapValue; readonly proof: Uint8Array };

/** An entry with its exact bytes. */
export type StoredEntry = { readonly entry: Entry; readonly bytes: Uint8Array };

/** Where the end of a list is: its newest entry is the n-th, at `seq`. A list without entries has none. */
export type ListEnd = { readonly n: number; readonly seq: number };

/** What the service asks of the ledger. Implemented over Postgres, and by the wrapper that injects faults in tests. */
export type LedgerStore = {
  readonly origin: string;
  /**
   * Appends what is new, in one transaction. A rejection means that the outcome is unknown; retrying is always safe.
   * Refuses to link anything to a head that is smaller than `seen`, or of its size and another.
   */
  readonly append: (submissions: readonly Submission[], seen: StoredHead | undefined) => Promise<AppendedBatch>;
  /**
   * Appends a `map.committed` of its own where the last entry is at least `idleMsMin` older than the database's clock, so
   * that a checkpoint's age stays meaningful; undefined where there was nothing to do, and on an empty or sealed log.
   */
  readonly commitIdle: (idleMsMin: number, seen: StoredHead | undefined) => Promise<AppendedBatch | undefined>;
  /**
   * What the map says of each list, by its key, with a proof under the `mapRoot` of `head`, which is the newest committed one.
   * Throws ServiceError: `map/page-differs` where the database's map is not the one that the head commits to.
   */
  readonly mapProofs: (
    keys: readonly string[],
  ) => Promise<{ readonly head: StoredHead; readonly lists: ReadonlyMap<string, ProvedList> }>;
  /** The newest committed head, MAC checked. */
  readonly head: () => Promise<StoredHead>;
  /** The smallest committed head that covers `seq`, or undefined where none does. MAC checked. */
  readonly headCovering: (seq: number) => Promise<StoredHead | undefined>;
  /**
   * Committed heads of a smaller size than `below` (of any size where undefined), the largest first. MACs checked; whether
   * they are of the history that the newest head continues is not.
   */
  readonly heads: (below: number | undefined, limit: number) => Promise<readonly StoredHead[]>;
  /** Seq of the entry that a submission of this identity is said to have become; nothing of it is proved. */
  readonly submitted: (identity: Uint8Array) => Promise<number | undefined>;
  /** Exact bytes of the entries from `from` on, at most `limit`, without a gap; nothing of them is read or proved. */
  readonly leaves: (from: number, limit: number) => Promise<readonly Uint8Array[]>;
  /** Bytes of the entries in [`from`, `to`) together: asked before they are read. */
  readonly leafBytes: (from: number, to: number) => Promise<number>;
  readonly tiles: (tiles: readonly TileId[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  /** Entries by seq, ascending; absent ones are left out. */
  readonly entries: (seqs: readonly number[]) => Promise<readonly StoredEntry[]>;
  readonly entryRange: (from: number, limit: number) => Promise<readonly StoredEntry[]>;
  /** Payloads by the hex of their commitment; absent ones are left out. */
  readonly payloads: (commitments: readonly string[]) => Promise<ReadonlyMap<string, StoredPayload>>;
  /** Seqs below `size` in each list, in their order. */
  readonly lists: (keys: readonly string[], size: number) => Promise<ReadonlyMap<string, readonly number[]>>;
  /**
   * Entries below `size` of each list, in their order; of a list with more than `entriesMax` the first `entriesMax` + 1.
   */
  readonly listEntries: (
    keys: readonly string[],
    size: number,
    entriesMax: number,
  ) => Promise<ReadonlyMap<string, readonly StoredEntry[]>>;
  /**
   * Where each list ends now, those without entries left out. Cheap: all who ask meanwhile share one statement, which
   * begins after each of them asked.
   */
  readonly listEnds: (keys: readonly string[]) => Promise<ReadonlyMap<string, ListEnd>>;
  /** How long the list was that this process has read or appended to, from memory; 0 where it is not remembered. */
  readonly listLengthSeen: (key: string) => number;
};

/**
 * Which Postgres a connection reached: the identifier that `initdb` drew, as decimal digits, and the timeline, as 8 hex
 * digits, which a promoted standby or a restore to a point in time counts up.
 */
export type ClusterIdentity = { readonly systemIdentifier: string; readonly timeline: string };

/**
 * What a replica remembers outside the database: the newest head that it saw committed, and where. `cluster` is absent
 * in anchors of release 0.1.
 */
export type Anchor = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly cluster?: ClusterIdentity;
};

/** Work on whole evidence, away from the thread that answers requests: a second on 100 MiB. */
export type EvidenceWorkers = {
  /** The canonical bytes of evidence. */
  readonly format: (parts: EvidenceParts) => Promise<Uint8Array>;
  /** What evidence shows of the question that it names; `now` is RFC 3339 in UTC with milliseconds. */
  readonly judge: (
    evidence: Uint8Array,
    trust: TrustFile,
    now: string,
    environment?: string,
  ) => Promise<Result<CustodyResult>>;
  /** Canonical bytes of what the attestations in it state, by the same. */
  readonly facts: (evidence: Uint8Array, trust: TrustFile, now: string) => Promise<Result<Uint8Array>>;
  /** The report of it as a table, CSV in UTF-8, by the same. */
  readonly table: (evidence: Uint8Array, trust: TrustFile, now: string) => Promise<Result<Uint8Array>>;
};

/** Where the anchor lies: a file on a volume of its own. `write` returns once it is durable. */
export type AnchorStore = {
  readonly read: () => Promise<Anchor | undefined>;
  readonly write: (anchor: Anchor) => Promise<void>;
};

/**
 * Thrown by what does I/O when it cannot do what was asked: one fault, whose code the HTTP edge turns into a status.
 * Never for hostile input that a parser can judge; those are Results.
 */
export class ServiceError extends Error {
  override name = 'ServiceError';
  readonly fault: Fault;
  /** For `service/overloaded` and its like: after how many seconds a retry makes sense. */
  readonly retryAfterSeconds?: number;

  constructor(fault: Fault, options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {}) {
    super(fault.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fault = fault;
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Random bytes from the operating system; handed in, so that nothing else in the service is a source of chance. */
export type Random = (bytes: number) => Uint8Array;

/** Whether a signature was made by a key, by the strict rule of `core`, without holding up whoever else is served. */
export type SignatureVerifier = (key: PublicKey, message: Uint8Array, signature: Uint8Array) => Promise<boolean>;

/** A signed image as lists show it. */
export type ImageRow = {
  readonly digest: string;
  readonly repository: string;
  readonly mediaType: string;
  readonly shape: string;
  readonly signedAt: string;
  readonly seq: number;
  readonly attestations: number;
  readonly verdict?: string;
  /** Entries about the image that that verdict did not see, releases apart; absent where there is none. */
  readonly entriesSince?: number;
  /** There where it was retired everywhere. */
  readonly retired?: true;
};

/** A subject that an entry of a signer is about. `checkpoint` is the size of the smallest head that covers the entry. */
export type SignedRow = {
  readonly subject: string;
  readonly repository: string;
  readonly seq: number;
  readonly checkpoint: number;
};
/** A release as lists show it: `current` until something else is released there, or it is retired. */
export type ReleaseRow = { readonly seq: number; readonly state: 'current' | 'superseded' | 'retired' };

/** An image that is said to have been built from a commit, with the entries that say so. */
export type BuiltImage = {
  /** 40 or 64 hex digits. */
  readonly commit: string;
  readonly repository: string;
  readonly digest: string;
  /** The `image.signed` that names a run, and the `run.opened` of it. */
  readonly signedSeq: number;
  readonly openedSeq: number;
};

/** What the projections answer: which entries to look at. No verdict rests on them. */
export type ProjectionStore = LookUpRows & {
  /** Repositories that the digest is known in: signed there, attested there, or a child of an index signed there. */
  readonly repositoriesOf: (digest: string) => Promise<readonly string[]>;
  /** Indexes signed in the repository that contain the image, ascending by digest. */
  readonly indexesOf: (digest: string, repository: string) => Promise<readonly string[]>;
  /** Signed images, newest first: the newest signature of each digest in each repository, below `beforeSeq`. */
  readonly images: (filter: {
    readonly digest?: string;
    readonly repository?: string;
    readonly verdict?: string;
    readonly globs: readonly string[];
    readonly beforeSeq?: number;
    readonly limit: number;
  }) => Promise<readonly ImageRow[]>;
  /** Waivers, the newest request first, below `beforeSeq`; states are those at `now`. */
  readonly waivers: (filter: {
    readonly repository?: string;
    readonly digest?: string;
    readonly state?: string;
    readonly expiresBefore?: string;
    readonly now: string;
    readonly globs: readonly string[];
    readonly beforeSeq?: number;
    readonly limit: number;
  }) => Promise<readonly { readonly waiver: string; readonly seq: number }[]>;
  /**
   * What rests on the signers, in the ledger's order, from the seq `from` on, after the place `after`: each subject of each
   * entry that names one of them, with the size of the smallest committed head that covers it.
   */
  readonly signedBy: (query: {
    readonly signers: readonly string[];
    readonly from: number;
    readonly after?: { readonly seq: number; readonly subject: string };
    readonly globs: readonly string[];
    readonly limit: number;
  }) => Promise<readonly SignedRow[]>;
  /** Releases, the newest first, below `beforeSeq`, and where each stands. */
  readonly releases: (filter: {
    readonly seq?: number;
    readonly repository?: string;
    readonly environment?: string;
    readonly digest?: string;
    readonly globs: readonly string[];
    readonly beforeSeq?: number;
    readonly limit: number;
  }) => Promise<readonly ReleaseRow[]>;
  /** Of each of these images the newest releases, `eachMax` at most, newest first, and where each stands. */
  readonly releasesOf: (
    images: readonly { readonly digest: string; readonly repository: string }[],
    eachMax: number,
  ) => Promise<readonly ReleaseRow[]>;
  /** Of each of these commits the images whose signatures name a run of it, the newest signatures first, `eachMax` at most. */
  readonly imagesOfCommits: (
    commits: readonly { readonly commit: string; readonly repository: string }[],
    eachMax: number,
  ) => Promise<readonly BuiltImage[]>;
  /** Names of an area, by the entry that began their list, after `afterSeq`. */
  readonly names: (
    area: 'change' | 'contract' | 'principal' | 'signer',
    afterSeq: number | undefined,
    limit: number,
  ) => Promise<readonly { readonly name: string; readonly seq: number }[]>;
};
