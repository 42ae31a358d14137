import type { ContractChange } from '../../../core/contract/contract-change.ts';
import type { Question } from '../../../core/custody/evidence.ts';
import type { PlannedVerdict } from '../../../core/custody/plan-image.ts';
import type { CustodyResult } from '../../../core/custody/verify-custody.ts';
import type { Json } from '../../../core/encoding/json.ts';
import type { Facts } from '../../../core/facts/facts.ts';
import type { Fault } from '../../../core/fault.ts';
import type { Banner } from '../../view/banner.ts';
import type { ContractShown } from '../../view/contract-list.ts';
import type { TimelineStep } from '../../view/timeline-strip.ts';
import type { CompletenessChecked, ConsistencyQuestion, ProofShown, ReceiptChecked } from './check-proofs.ts';
import type { LogState } from './continues-log.ts';
import type { NewestVersion, ProposalShown } from './plan-contract.ts';
import type { Change, ChangeShown } from './read-change.ts';

/** A key that signed something of the image, as its registration names it. */
export type SignerShown = {
  readonly signer: string;
  readonly title?: string;
  readonly assurance: string;
  readonly signed: readonly string[];
};

/** A platform of a multi-platform image. */
export type PlatformShown = { readonly digest: string; readonly platform: string };

/** What the program in this browser found in the evidence. Nothing of it is the service's word. */
export type Judged = {
  readonly result: CustodyResult;
  /** Whether the reader's own log key was given. */
  readonly pinned: boolean;
  readonly banner: Banner;
  readonly steps: readonly TimelineStep[];
  readonly contracts: readonly ContractShown[];
  readonly facts: Facts;
  /** Why facts are not stated. */
  readonly factsFault?: string;
  readonly signers: readonly SignerShown[];
  readonly platforms: readonly PlatformShown[];
  readonly evidenceBytes: number;
  /** SHA-256 of the evidence, in hex: whoever takes it away finds it again by that. */
  readonly evidenceSha256: string;
  /** Time that reading and checking took in the worker. */
  readonly milliseconds: number;
};

/** A trust file or a log key that was given, in short. */
export type TrustShown = { readonly origin: string; readonly logKeys: readonly string[] };

export type JudgeQuestion =
  | {
      readonly kind: 'judge';
      readonly evidence: Uint8Array;
      /** What the page asked for; evidence that answers another question does not hold. */
      readonly question: Question;
      readonly trust: string | undefined;
      /** RFC 3339 in UTC with milliseconds. */
      readonly now: string;
    }
  | { readonly kind: 'trust'; readonly text: string }
  | { readonly kind: 'proposal'; readonly document: Json; readonly newest: NewestVersion | undefined }
  | { readonly kind: 'change'; readonly change: Change }
  | {
      readonly kind: 'plan';
      readonly evidence: Uint8Array;
      readonly question: Question;
      readonly proposal: Json;
      readonly trust: string | undefined;
      readonly now: string;
    }
  | {
      readonly kind: 'continues';
      readonly first: LogState;
      readonly second: LogState;
      readonly path: readonly string[];
    }
  | {
      readonly kind: 'receipt';
      readonly receipt: Uint8Array;
      /** The entry that the page asked for. */
      readonly seq: number;
      readonly trust: string | undefined;
    }
  | {
      readonly kind: 'list';
      /** A completeness proof of the list `key`. */
      readonly proof: Uint8Array;
      readonly key: string;
      readonly trust: string | undefined;
      readonly now: string;
    }
  | ({ readonly kind: 'between'; readonly trust: string | undefined } & ConsistencyQuestion)
  | { readonly kind: 'compare'; readonly before: Json; readonly after: Json };

export type JudgeAnswers = {
  readonly judge: Judged;
  readonly trust: TrustShown;
  readonly continues: true;
  readonly proposal: ProposalShown;
  readonly change: ChangeShown;
  readonly plan: PlannedVerdict;
  readonly receipt: ReceiptChecked;
  readonly list: CompletenessChecked;
  readonly between: ProofShown;
  readonly compare: readonly ContractChange[];
};

export type JudgeAnswer = JudgeAnswers[keyof JudgeAnswers];

export type Asked = JudgeQuestion & { readonly id: number };

export type Told =
  | { readonly id: number; readonly ok: true; readonly value: JudgeAnswer }
  | { readonly id: number; readonly ok: false; readonly fault: Fault };
