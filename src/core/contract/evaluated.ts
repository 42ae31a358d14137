import type { Json } from '../encoding/json.ts';
import type { Facts } from '../facts/facts.ts';
import type { FaultCode } from '../fault.ts';
import type { Contract, ContractStage } from './contract.ts';
import type { EvaluatedRun } from './evaluated-run.ts';
import type { Purse } from './rules/rule.ts';

/** The first entry with the same statement, whatever stage it is of: what order, age and people are judged by. */
export type FirstRecord = {
  readonly seq: number;
  /** Time of that entry. */
  readonly time: string;
  /** Person behind its principal at that place of the ledger; absent where no grant in force names one. */
  readonly person?: string;
  /** The first that is of the same stage, too. */
  readonly filing: Filing;
};

/** The first entry with the same statement for the same stage, and who wrote it. */
export type Filing = { readonly seq: number; readonly principal: string; readonly person?: string };

/** What a contract looks at of an attestation or a signature. Sound means that every check of it passed. */
export type Evaluated = {
  readonly seq: number;
  readonly repository: string;
  readonly stage?: string;
  readonly predicateType: string;
  /** What the statement claims; absent where it has no predicate, or does not read. */
  readonly predicate?: Json;
  readonly signer: string;
  /** Ids of the keys that its signer follows: it stands for them where a contract names one. */
  readonly follows?: readonly string[];
  readonly assurance: string;
  readonly first: FirstRecord;
  readonly sound: boolean;
  /** What an attestation is about: the image, which is the default, or the commit that it comes from, or both. */
  readonly on?: readonly ('image' | 'source')[];
};

/**
 * What rules are told of the image that was released to the environment before: its digest and its facts, nothing where
 * there was none; or why that cannot be told.
 */
export type PreviousImage =
  | { readonly digest?: string; readonly facts?: Facts }
  | { readonly reason: 'contract/no-environment' | 'contract/previous-unreadable' | 'list/gap' | 'payload/absent' };

/** What a contract is held against: signatures and attestations of the image, in the ledger's order, and the time. */
export type Situation = {
  readonly contract: Contract;
  readonly signatures: readonly Evaluated[];
  readonly attestations: readonly Evaluated[];
  /** Runs that signatures name, in the order of the signatures; none where absent. */
  readonly runs?: readonly EvaluatedRun[];
  readonly image: { readonly digest: string; readonly repository: string };
  /** What the image's attestations and its manifest state. */
  readonly facts: () => Facts;
  /** What was released before to the environment in question. */
  readonly previous: () => PreviousImage;
  /** Steps that are left for rules. */
  readonly purse: Purse;
  /** Milliseconds since 1970; absent where the time of evaluation is none. */
  readonly evaluatedAtMs?: number;
};

/** A stage with the attestations that are looked at; `unmet` says why they do not meet it, `met` has them where they do. */
export type LookedStage = {
  readonly wanted: ContractStage;
  readonly looked: readonly Evaluated[];
  readonly unmet?: { readonly reason: FaultCode; readonly seq?: number };
};

/** Every stage of the contract, in its order, by name. */
export type LookedStages = ReadonlyMap<string, LookedStage>;

/** Outcome of one requirement: not met where there is a reason, not decided where that is `custody/blocked`. */
export type Finding = {
  readonly reason?: FaultCode;
  readonly stage?: string;
  /** The entry that it was decided by. */
  readonly seq?: number;
  readonly detail?: string;
  /** Milliseconds since 1970 from which on it may come out otherwise, though nothing is recorded. */
  readonly untilMs?: number;
};

/** One kind of requirement: everything that a contract asks for of that kind. */
export type Requirement = (situation: Situation, stages: LookedStages) => readonly Finding[];
