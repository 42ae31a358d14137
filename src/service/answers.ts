import type { ControlSetFields } from '../core/control/control-keys.ts';
import type { Changes } from '../core/custody/compare-custody.ts';
import type { Comparison } from '../core/custody/compare-with-previous.ts';
import type { Json } from '../core/encoding/json.ts';
import type { Entry } from '../core/entry/entry.ts';
import type { DualKind } from '../core/entry/kinds/change-proposed.ts';
import type { Role } from '../core/entry/kinds/principal-granted.ts';
import type { PinnedContract } from '../core/entry/kinds/run-opened.ts';
import type { Verdict } from '../core/entry/kinds/verdict-recorded.ts';
import type { RunState } from '../core/run/run-state.ts';

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
  readonly run?: string;
  readonly signer: string;
  /** Sigstore bundle v0.3, as JSON. */
  readonly bundle: Json;
  readonly simpleSigning: { readonly payload: string; readonly signature: string };
};

export type AttestationAnswer = Recorded & {
  readonly subjects: readonly string[];
  readonly repository: string;
  readonly stage: string;
  readonly run?: string;
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
  /** Entries about the image that that verdict did not see, releases apart; absent where there is none. */
  readonly entriesSince?: number;
  /** There where it was retired everywhere: its verdict fails since, whatever was recorded before. */
  readonly retired?: true;
};

/** One step of an image's custody, in the ledger's order. */
export type ChainStep = { readonly entry: Entry; readonly hash: string; readonly via?: string };

/** A run: what opened it, which attempt at its commit it is, and how it ended. */
export type RunView = {
  readonly run: string;
  readonly repository: string;
  readonly commit: string;
  readonly attempt: number;
  readonly state: RunState;
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly endedAt?: string;
  readonly principal: string;
  readonly openedSeq: number;
  readonly contracts: readonly PinnedContract[];
  readonly stages: readonly string[];
};

export type SignerView = {
  readonly signer: string;
  readonly use: string;
  readonly algorithm: string;
  readonly publicKeyPem: string;
  readonly repositories: readonly string[];
  readonly stages: readonly string[];
  readonly title?: string;
  /**
   * `due`: it is to be rotated; `overlap`: its successor counts already; `rotated`: that alone does; `expired`: too old;
   * `disowned`: the key before it was compromised.
   */
  readonly state: 'in-force' | 'due' | 'overlap' | 'rotated' | 'expired' | 'revoked' | 'disowned';
  readonly registeredAt: string;
  readonly revokedFrom?: string;
  readonly ageSecondsWarn?: number;
  readonly ageSecondsMax?: number;
  readonly warnFrom?: string;
  readonly expiresAt?: string;
  /** The key that it follows, and the one that follows it. */
  readonly follows?: string;
  readonly successor?: string;
  readonly retiredFrom?: string;
};

/** One thing that rests on a signer: an entry about a subject. */
export type ImpactItem = {
  readonly subject: string;
  readonly repository: string;
  /** Absent for the signature of an image. */
  readonly stage?: string;
  /** The signer that the entry names: the one in question, or one that followed it. */
  readonly signer: string;
  readonly seq: number;
  readonly time: string;
  /** It stands in the ledger before the revocation takes effect, and still counts. */
  readonly saved: boolean;
  /** Size of the first published checkpoint that covers it. */
  readonly checkpoint: number;
  /** The newest releases that came after the entry, newest first: of the image, or of those that were built from the commit. */
  readonly releases: readonly ImpactRelease[];
};

/** A release that rests on what a signer signed. */
export type ImpactRelease = {
  readonly seq: number;
  readonly time: string;
  readonly environment: string;
  readonly state: ReleaseView['state'];
  /** Of a commit: the image that was built from it and released. */
  readonly digest?: string;
};

/** What rests on a signer from a time on, a page of it. Looked up, and no part of any verdict. */
export type ImpactAnswer = Page<ImpactItem> & {
  readonly signer: string;
  /** The signer, and those that followed it by a rotation that does not count under `effective`. */
  readonly signers: readonly string[];
  readonly since: string;
  /** From when on the signer is revoked; where it is not, `since`, as if it were. */
  readonly effective: string;
  readonly revoked: boolean;
};

/** How old the signers of pipelines are. */
export type SignerAges = {
  /** How many there are in each state. */
  readonly states: Readonly<Record<SignerView['state'], number>>;
  /** Age of the oldest that counts. */
  readonly oldestSeconds?: number;
  /** Until the next one becomes too old; negative never, since it counts no more by then. */
  readonly nextExpirySeconds?: number;
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

/** The control keys in force, and those that the log was opened with; no keys and 0 in a log without. */
export type ControlKeysView = ControlSetFields & { readonly opened: ControlSetFields };

/** What holds in this log. */
export type SettingsView = { readonly dualControl: boolean };

/** A change that one person proposed, and that waits for another; `document` is base64. */
export type ProposedChange = {
  /** The list of what is changed. */
  readonly key: string;
  readonly kind: DualKind;
  readonly body: Json;
  readonly mediaType?: string;
  readonly document?: string;
  /** Seq and time of the proposal, and who made it. */
  readonly proposal: number;
  readonly proposedAt: string;
  readonly principal: string;
  readonly person?: string;
};

export type TokenView = {
  readonly id: string;
  readonly principal: string;
  readonly title: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt?: string;
};

/** A browser that is signed in. Times are RFC 3339 in UTC. */
export type SessionView = {
  readonly id: string;
  readonly createdAt: string;
  readonly seenAt: string;
  /** Ends then at the latest, and before that once nobody was seen for half an hour. */
  readonly expiresAt: string;
};

/** `cookie` is the secret, which is shown this once. */
export type NewSession = SessionView & { readonly cookie: string; readonly principal: string };

export type NewToken = TokenView & { readonly token: string };

/** A checkpoint of the past: its size, its root in base64, and the signed note. */
export type PublishedCheckpoint = { readonly size: number; readonly root: string; readonly checkpoint: string };

export type EntryView = { readonly entry: Entry; readonly hash: string; readonly payload?: string };

/**
 * An act of a person upon a waiver or a release. `assurance` is `service`: no key of the person's own signed it, but the
 * service, on behalf of the authenticated principal.
 */
export type ActView = {
  readonly seq: number;
  readonly time: string;
  readonly principal: string;
  readonly assurance: 'service';
};

/** Where a waiver stands: `break-glass` is in force without a second person, `lapsed` was and never got one. */
export const WAIVER_STATES = ['requested', 'break-glass', 'in-force', 'lapsed', 'expired', 'revoked'] as const;
export type WaiverState = (typeof WAIVER_STATES)[number];

export type WaiverView = {
  readonly waiver: string;
  readonly state: WaiverState;
  readonly repository: string;
  readonly digest: string;
  readonly contract: string;
  readonly check: string;
  readonly stage?: string;
  readonly rule?: string;
  readonly expires: string;
  readonly breakGlass: boolean;
  /** Of a waiver by break-glass: until when a second person has to approve it. */
  readonly approveBefore?: string;
  /** Absent where the document was erased. */
  readonly reason?: string;
  readonly requested: ActView;
  readonly approved?: ActView;
  readonly revoked?: ActView;
};

/** A release: `current` until something else is released to the environment, or the image is retired. */
export type ReleaseView = {
  readonly digest: string;
  readonly repository: string;
  readonly environment: string;
  /** Seq of the recorded verdict that it rests on. */
  readonly verdict: number;
  readonly state: 'current' | 'superseded' | 'retired';
  readonly released: ActView;
};

export type RetirementView = {
  readonly digest: string;
  readonly repository: string;
  /** Absent: everywhere. */
  readonly environment?: string;
  readonly retired: ActView;
};

/** What a release of the image to an environment would change; without `previous` nothing was released there yet. */
export type ChangesView = {
  readonly digest: string;
  readonly repository: string;
  readonly environment: string;
  readonly previous?: { readonly digest: string; readonly seq: number; readonly time: string };
  readonly changes?: Changes;
  /** What is stated of both; absent where the evidence of it does not fit. */
  readonly comparison?: Comparison;
};
