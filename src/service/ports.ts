import type { NoteSigner } from '../core/checkpoint/signed-note.ts';
import type { PublicKey } from '../core/crypto/public-key.ts';
import type { Entry, Proposal } from '../core/entry/entry.ts';
import type { Fault } from '../core/fault.ts';
import type { Frontier } from '../core/merkle/frontier.ts';
import type { TileId } from '../core/merkle/tile.ts';

/** What a store keeps of a payload: the commitment that the entry carries (32 bytes), its salt, and the exact bytes. */
export type StoredPayload = { readonly commitment: Uint8Array; readonly salt: Uint8Array; readonly bytes: Uint8Array };

/**
 * One submission on its way into the ledger. `identity` (32 bytes) names the submission, so that a retry is known as
 * one. `restsOn` are the lengths of the lists that its authorisation was read from: where one has moved by the time the
 * lock is held, the submission comes back as stale and is authorised again.
 */
export type Submission = {
  readonly identity: Uint8Array;
  readonly proposal: Proposal;
  readonly payload?: StoredPayload;
  readonly restsOn: readonly { readonly key: string; readonly n: number }[];
  /** From when on it may not be in the ledger any more (an entry's `time`): then it comes back as stale, too. */
  readonly before?: string;
  /** What a retry has in common with the entry that it finds: the body, unless said otherwise. */
  readonly repeats?: readonly ('body' | 'payload')[];
};

/** What became of a submission: an entry, new or found; the news that what it rests on has moved; or a refusal of its own. */
export type Appended =
  | { readonly outcome: 'appended' | 'found'; readonly seq: number }
  | { readonly outcome: 'stale' }
  /** The database is not what it must be. */
  | { readonly outcome: 'refused'; readonly fault: Fault }
  /** The subject takes no more entries in its repository. */
  | { readonly outcome: 'full'; readonly fault: Fault };

/** A committed batch: where each submission went, the head that it was linked to, and the head after it. */
export type AppendedBatch = {
  readonly results: readonly Appended[];
  readonly grownFrom: StoredHead;
  readonly head: StoredHead;
};

/** A committed head, its MAC checked. */
export type StoredHead = { readonly origin: string; readonly frontier: Frontier; readonly root: Uint8Array };

/** An entry with its exact bytes. */
export type StoredEntry = { readonly entry: Entry; readonly bytes: Uint8Array };

/** The key that only the service's replicas share: MACs of heads. */
export type HeadAuthenticator = {
  /** 32 bytes: HMAC over the head, see docs/spec/head.md. */
  readonly mac: (origin: string, frontier: Frontier, root: Uint8Array) => Uint8Array;
};

/** The key that keeps whoever writes to the database from making a credential. */
export type TokenAuthenticator = {
  /** 32 bytes: HMAC over what a token is and what it stands for. */
  readonly mac: (message: Uint8Array) => Uint8Array;
};

/** What the service asks of the ledger. Implemented over Postgres, and by the wrapper that injects faults in tests. */
export type LedgerStore = {
  readonly origin: string;
  /**
   * Appends what is new, in one transaction. A rejection means that the outcome is unknown; retrying is always safe.
   * Refuses to link anything to a head that is smaller than `seen`, or of its size and another.
   */
  readonly append: (submissions: readonly Submission[], seen: StoredHead | undefined) => Promise<AppendedBatch>;
  /** The newest committed head, MAC checked. */
  readonly head: () => Promise<StoredHead>;
  /** The smallest committed head that covers `seq`, or undefined where none does. MAC checked. */
  readonly headCovering: (seq: number) => Promise<StoredHead | undefined>;
  readonly tiles: (tiles: readonly TileId[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  /** Entries by seq, ascending; absent ones are left out. */
  readonly entries: (seqs: readonly number[]) => Promise<readonly StoredEntry[]>;
  readonly entryRange: (from: number, limit: number) => Promise<readonly StoredEntry[]>;
  /** Payloads by the hex of their commitment; absent ones are left out. */
  readonly payloads: (commitments: readonly string[]) => Promise<ReadonlyMap<string, StoredPayload>>;
  /** Seqs below `size` in each list, in their order. */
  readonly lists: (keys: readonly string[], size: number) => Promise<ReadonlyMap<string, readonly number[]>>;
};

/** What a replica remembers outside the database: the newest head that it saw committed. */
export type Anchor = { readonly origin: string; readonly size: number; readonly root: Uint8Array };

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

/** A key pair of the service: its public part, its signer id, and signing. ECDSA signatures are DER. */
export type SigningKey = {
  readonly publicKey: PublicKey;
  readonly signer: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
};

/** The service's keys by what they sign (DESIGN 5); the log key signs notes and nothing else. */
export type ServiceKeys = {
  readonly image: SigningKey;
  readonly service: SigningKey;
  readonly verdict: SigningKey;
  readonly logSigner: (origin: string) => NoteSigner;
  readonly headAuthenticator: HeadAuthenticator;
  readonly tokenAuthenticator: TokenAuthenticator;
};

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
};

/** What the projections answer: which entries to look at. No verdict rests on them. */
export type ProjectionStore = {
  /** Repositories that the digest is known in: signed there, attested there, or a child of an index signed there. */
  readonly repositoriesOf: (digest: string) => Promise<readonly string[]>;
  /** Signed images, newest first: the newest signature of each digest in each repository, below `beforeSeq`. */
  readonly images: (filter: {
    readonly digest?: string;
    readonly repository?: string;
    readonly verdict?: string;
    readonly globs: readonly string[];
    readonly beforeSeq?: number;
    readonly limit: number;
  }) => Promise<readonly ImageRow[]>;
  /** Names of an area, by the entry that began their list, after `afterSeq`. */
  readonly names: (
    area: 'signer' | 'contract' | 'principal',
    afterSeq: number | undefined,
    limit: number,
  ) => Promise<readonly { readonly name: string; readonly seq: number }[]>;
};

export type TokenRow = {
  readonly id: string;
  readonly principal: string;
  readonly title: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt?: Date;
};

/** Credentials. `hash` is the MAC of the whole token and of what it stands for, 32 bytes. */
export type TokenStore = {
  readonly insert: (
    token: Omit<TokenRow, 'createdAt' | 'revokedAt'> & { readonly hash: Uint8Array },
  ) => Promise<TokenRow>;
  /** By the id that stands in the token; whether the rest of the token is right is for the hash to say. */
  readonly find: (id: string) => Promise<(TokenRow & { readonly hash: Uint8Array }) | undefined>;
  /** By id, ascending, after `afterId`. */
  readonly list: (afterId: string | undefined, limit: number) => Promise<readonly TokenRow[]>;
  /** Revokes once; a second time changes nothing. Undefined for an unknown id. */
  readonly revoke: (id: string) => Promise<TokenRow | undefined>;
};
