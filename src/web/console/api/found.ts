/** What lists and searches of the service answer, as far as pages read it. docs/spec/http.md has all of each. */
import type { Json } from '../../../core/encoding/json.ts';
import type { Act, Verdict } from './answers.ts';

export type SearchHit =
  | {
      readonly type: 'image';
      readonly digest: string;
      readonly repository: string;
      readonly signedAt?: string;
      readonly verdict?: Verdict;
      readonly entriesSince?: number;
      readonly retired?: true;
    }
  | {
      readonly type: 'tag';
      readonly tag: string;
      readonly repository: string;
      readonly digest: string;
      readonly signedAt: string;
    }
  | { readonly type: 'commit'; readonly commit: string; readonly repository: string; readonly runs: number }
  | {
      readonly type: 'run';
      readonly run: string;
      readonly repository: string;
      readonly commit: string;
      readonly state: string;
    }
  | { readonly type: 'waiver'; readonly waiver: string; readonly repository: string; readonly digest: string }
  | { readonly type: 'signer'; readonly signer: string; readonly state: string; readonly title?: string }
  | { readonly type: 'repository'; readonly repository: string }
  | { readonly type: 'contract'; readonly contract: string };

export type SearchAnswer = { readonly items: readonly SearchHit[]; readonly more: readonly SearchHit['type'][] };

export type InboxItem = {
  readonly kind: string;
  readonly todo: string;
  readonly since: string;
  readonly until?: string;
  readonly repository?: string;
  readonly digest?: string;
  readonly environments?: readonly string[];
  readonly waiver?: string;
  readonly run?: string;
  readonly signer?: string;
  readonly change?: string;
  readonly seq?: number;
};

export type InboxAnswer = {
  readonly items: readonly InboxItem[];
  readonly more: readonly string[];
  readonly evaluatedAt: string;
};

export type RepositoryView = {
  readonly repository: string;
  readonly images: number;
  readonly activeAt?: string;
  readonly newest?: { readonly digest: string; readonly signedAt: string };
  readonly verdict?: {
    readonly digest: string;
    readonly verdict: Verdict;
    readonly time: string;
    readonly entriesSince?: number;
    readonly retired?: true;
  };
};

export type BySeverity = {
  readonly total: number;
  readonly critical: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  readonly negligible: number;
  readonly unknown: number;
};

export type TrendPoint = {
  readonly digest: string;
  readonly seq: number;
  readonly signedAt: string;
  readonly verdict?: Verdict;
  readonly entriesSince?: number;
  readonly retired?: true;
  readonly intact?: boolean;
  readonly facts?: {
    readonly bytes?: number;
    readonly layers?: number;
    readonly components?: number;
    readonly vulnerabilities?: BySeverity;
    readonly findings?: { readonly total: number; readonly error: number; readonly warning: number };
    readonly tests?: { readonly total: number; readonly failed: number };
  };
  readonly fault?: string;
};

export type RunView = {
  readonly run: string;
  readonly repository: string;
  readonly commit: string;
  readonly attempt: number;
  readonly state: string;
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly endedAt?: string;
  readonly principal: string;
  readonly openedSeq: number;
  readonly contracts: readonly { readonly contract: string; readonly version: number }[];
  readonly stages: readonly string[];
};

export type SignerView = {
  readonly signer: string;
  readonly use: string;
  readonly algorithm: string;
  readonly repositories: readonly string[];
  readonly stages: readonly string[];
  readonly title?: string;
  readonly state: string;
  readonly registeredAt: string;
  readonly warnFrom?: string;
  readonly expiresAt?: string;
  readonly revokedFrom?: string;
  readonly retiredFrom?: string;
  readonly follows?: string;
  readonly successor?: string;
};

export type WaiverView = {
  readonly waiver: string;
  readonly state: 'requested' | 'break-glass' | 'in-force' | 'lapsed' | 'expired' | 'revoked';
  readonly repository: string;
  readonly digest: string;
  readonly contract: string;
  readonly check: string;
  readonly stage?: string;
  readonly rule?: string;
  readonly expires: string;
  readonly breakGlass: boolean;
  /** Until when a broken glass needs its second person. */
  readonly approveBefore?: string;
  /** Absent where the document was erased. */
  readonly reason?: string;
  readonly requested: Act;
  readonly approved?: Act;
  readonly revoked?: Act;
};

export type ImpactItem = {
  readonly subject: string;
  readonly repository: string;
  readonly stage?: string;
  readonly seq: number;
  readonly time: string;
  readonly saved: boolean;
  readonly releases: readonly { readonly seq: number; readonly environment: string; readonly state: string }[];
};

export type ContractView = {
  readonly contract: string;
  readonly version: number;
  readonly publishedAt: string;
  readonly withdrawn: boolean;
  readonly document: Json;
};

export type LedgerEntry = {
  readonly seq: number;
  readonly prev?: string;
  readonly time: string;
  readonly kind: string;
  readonly principal: string;
  readonly keys: readonly {
    readonly key: string;
    readonly n: number;
    readonly prev?: string;
    readonly prevSeq?: number;
  }[];
  readonly repository?: string;
  readonly stage?: string;
  readonly run?: string;
  readonly signer?: string;
  readonly assurance?: string;
  readonly predicateType?: string;
  readonly payload?: { readonly commitment: string; readonly mediaType: string; readonly size: number };
  readonly body?: unknown;
};

export type EntryView = { readonly entry: LedgerEntry; readonly hash: string; readonly payload?: string };

export type CheckpointView = { readonly size: number; readonly root: string; readonly checkpoint: string };
