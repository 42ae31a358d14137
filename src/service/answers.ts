import type { Json } from '../core/encoding/json.ts';
import type { Entry } from '../core/entry/entry.ts';
import type { Role } from '../core/entry/kinds/principal-granted.ts';
import type { Verdict } from '../core/entry/kinds/verdict-recorded.ts';

/** A page of a list: `next`, where present, is the cursor of the page after it. */
export type Page<T> = { readonly items: readonly T[]; readonly next?: string };
/** Which page: the cursor of an earlier answer, and how many items at most (1 to 200). */
export type PageRequest = { readonly cursor?: string; readonly limit: number };

/** An entry that was written, or, for a repeated submission, the first one. `receipt` is canonical JSON. */
export type Recorded = { readonly seq: number; readonly duplicate: boolean; readonly receipt: Json };

export type SignedImageAnswer = Recorded & {
  readonly digest: string;
  readonly repository: string;
  readonly mediaType: string;
  readonly shape: 'image' | 'index';
  readonly signer: string;
  /** Sigstore bundle v0.3, as JSON. */
  readonly bundle: Json;
  readonly simpleSigning: { readonly payload: string; readonly signature: string };
};

export type AttestationAnswer = Recorded & {
  readonly subjects: readonly string[];
  readonly repository: string;
  readonly stage: string;
  readonly predicateType: string;
  readonly assurance: string;
  readonly signer: string;
  /** What the body was taken for: `envelope`, `bundle`, `predicate`, or the name of a tool's format. */
  readonly recognised: string;
};

export type ImageSummary = {
  readonly digest: string;
  readonly repository: string;
  readonly mediaType: string;
  readonly shape: string;
  readonly signedAt: string;
  readonly seq: number;
  readonly attestations: number;
  /** The newest recorded verdict; absent where none was recorded. */
  readonly verdict?: Verdict;
};

/** One step of an image's custody, in the ledger's order. */
export type ChainStep = { readonly entry: Entry; readonly hash: string; readonly via?: string };

export type SignerView = {
  readonly signer: string;
  readonly use: string;
  readonly algorithm: string;
  readonly publicKeyPem: string;
  readonly repositories: readonly string[];
  readonly stages: readonly string[];
  readonly title?: string;
  readonly registeredAt: string;
  readonly revokedFrom?: string;
};

export type ContractView = {
  readonly contract: string;
  readonly version: number;
  readonly publishedAt: string;
  readonly withdrawn: boolean;
  readonly document: Json;
};

export type PrincipalView = {
  readonly principal: string;
  readonly role: Role;
  readonly repositories: readonly string[];
  readonly stages: readonly string[];
  readonly person?: string;
  readonly title?: string;
  readonly grantedAt: string;
  readonly revoked: boolean;
};

export type TokenView = {
  readonly id: string;
  readonly principal: string;
  readonly title: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt?: string;
};

export type NewToken = TokenView & { readonly token: string };

export type EntryView = { readonly entry: Entry; readonly hash: string; readonly payload?: string };
