import { compareContracts } from '../../../core/contract/compare-contracts.ts';
import { readContract } from '../../../core/contract/contract.ts';
import type { ContractChange } from '../../../core/contract/contract-change.ts';
import { parseEvidence, type Question } from '../../../core/custody/evidence.ts';
import { type PlannedVerdict, planImage } from '../../../core/custody/plan-image.ts';
import type { TrustFile } from '../../../core/custody/trust-file.ts';
import type { Json } from '../../../core/encoding/json.ts';
import { ok, type Result } from '../../../core/fault.ts';

/** A contract that is proposed: its name, what it covers, and what it asks for otherwise than the one in force. */
export type ProposalShown = {
  readonly contract: string;
  readonly repositories: readonly string[];
  /** Of the one in force; none where there is none. */
  readonly covered: readonly string[];
  readonly changes: readonly ContractChange[];
};

/** Reads a proposal, and compares it with the document in force. Faults: those of {@link readContract}. */
export function readProposal(document: Json, inForce: Json | undefined): Result<ProposalShown> {
  const proposal = readContract(document);
  if (!proposal.ok) return proposal;
  const before = inForce === undefined ? undefined : readContract(inForce);
  if (before?.ok === false) return before;
  const { contract, repositories } = proposal.value;
  return ok({
    contract,
    repositories,
    covered: before?.value.repositories ?? [],
    changes: before === undefined ? [] : compareContracts(before.value, proposal.value),
  });
}

type Asked = {
  readonly evidence: Uint8Array;
  readonly question: Question;
  readonly proposal: Json;
  readonly now: string;
};

/** What a proposal would do to an image, out of its evidence. Faults: those of evidence and of {@link readContract}. */
export function planEvidence(asked: Asked, trust: TrustFile | undefined): Result<PlannedVerdict> {
  const proposal = readContract(asked.proposal);
  if (!proposal.ok) return proposal;
  const evidence = parseEvidence(asked.evidence);
  if (!evidence.ok) return evidence;
  const { question, now: evaluatedAt } = asked;
  const trusted = trust === undefined ? {} : { trust };
  return ok(planImage({ evidence: evidence.value, question, evaluatedAt, ...trusted }, proposal.value));
}
