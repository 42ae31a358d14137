import { compareContracts } from '../../../core/contract/compare-contracts.ts';
import { CONTRACT_MEDIA_TYPE, formatContract, readContract } from '../../../core/contract/contract.ts';
import type { ContractChange } from '../../../core/contract/contract-change.ts';
import { publicationBody } from '../../../core/contract/publication-body.ts';
import { parseEvidence, type Question } from '../../../core/custody/evidence.ts';
import { type PlannedVerdict, planImage } from '../../../core/custody/plan-image.ts';
import type { TrustFile } from '../../../core/custody/trust-file.ts';
import { formatBase64 } from '../../../core/encoding/base64.ts';
import type { Json, JsonObject } from '../../../core/encoding/json.ts';
import { ok, type Result } from '../../../core/fault.ts';
import type { Change } from './read-change.ts';

/** A contract that is proposed: its name, what it covers, and what it asks for otherwise than the one in force. */
export type ProposalShown = {
  readonly contract: string;
  readonly repositories: readonly string[];
  /** Of the one in force; none where there is none. */
  readonly covered: readonly string[];
  readonly changes: readonly ContractChange[];
  /** The change that the first of two people proposes. */
  readonly change: Change;
};

/** The newest version of a contract, which may have been withdrawn since. */
export type NewestVersion = { readonly version: number; readonly withdrawn: boolean; readonly document: Json };

/** Reads a proposal, and compares it with the version in force. Faults: those of {@link readContract}. */
export function readProposal(document: Json, newest: NewestVersion | undefined): Result<ProposalShown> {
  const proposal = readContract(document);
  if (!proposal.ok) return proposal;
  const last = newest === undefined ? undefined : readContract(newest.document);
  if (last?.ok === false) return last;
  const { contract, repositories } = proposal.value;
  const before = newest?.withdrawn === true ? undefined : last?.value;
  const place = newest && last && { version: newest.version, repositories: last.value.repositories };
  return ok({
    contract,
    repositories,
    covered: before?.repositories ?? [],
    changes: before === undefined ? [] : compareContracts(before, proposal.value),
    change: {
      kind: 'contract.published',
      body: publicationBody(proposal.value, place) as unknown as JsonObject,
      mediaType: CONTRACT_MEDIA_TYPE,
      document: formatBase64(formatContract(proposal.value)),
    },
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
