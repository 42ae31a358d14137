import type { FaultCode } from '../fault.ts';
import type { Contract, ContractStage } from './contract.ts';

/** What a contract looks at of an attestation or a signature. Sound means that every check of it passed. */
export type Evaluated = {
  readonly seq: number;
  readonly stage?: string;
  readonly predicateType: string;
  readonly signer: string;
  readonly assurance: string;
  /** Seq of the first entry with the same statement: what order is judged by. */
  readonly firstSeq: number;
  readonly sound: boolean;
};

/** Outcome of one requirement. `seq` is the entry that it was decided by; `custody/blocked` says that nothing was decided. */
export type Requirement = {
  readonly requirement: 'signature' | 'stage' | 'order';
  readonly stage?: string;
  readonly reason?: FaultCode;
  readonly seq?: number;
};

/**
 * Everything that the contract asks for, each with a reason where it is not met. Never empty: a signature is always
 * asked for. Signatures and attestations are those of the image, in the ledger's order. Source: docs/spec/contract.md §3.
 */
export function evaluateContract(
  contract: Contract,
  signatures: readonly Evaluated[],
  attestations: readonly Evaluated[],
): readonly Requirement[] {
  const results: Requirement[] = [evaluateSignature(signatures)];
  const times = new Map<string, number | undefined>();
  for (const stage of contract.stages) {
    const result = evaluateStage(stage, attestations);
    results.push(result.requirement);
    times.set(stage.stage, result.firstSeq);
  }
  for (const { stage, after } of contract.stages) {
    if (after === undefined) continue;
    results.push(evaluateOrder(stage, after, times));
  }
  return results;
}

function evaluateSignature(signatures: readonly Evaluated[]): Requirement {
  const sound = signatures.find((signature) => signature.sound);
  if (sound !== undefined) return { requirement: 'signature', seq: sound.seq };
  const reason = signatures.length === 0 ? 'contract/signature-missing' : 'contract/signature-failed';
  return { requirement: 'signature', reason };
}

function evaluateStage(
  wanted: ContractStage,
  attestations: readonly Evaluated[],
): { readonly requirement: Requirement; readonly firstSeq?: number } {
  const { stage, count = 'all' } = wanted;
  const ofStage = attestations.filter((attestation) => attestation.stage === stage);
  const looked = count === 'latest' ? newestOf(ofStage) : ofStage;
  const first = looked[0];
  if (first === undefined) return { requirement: { requirement: 'stage', stage, reason: 'contract/stage-missing' } };
  for (const attestation of looked) {
    const reason = unmet(wanted, attestation);
    if (reason !== undefined) return { requirement: { requirement: 'stage', stage, reason, seq: attestation.seq } };
  }
  const firstSeq = looked.reduce((least, attestation) => Math.min(least, attestation.firstSeq), first.firstSeq);
  return { requirement: { requirement: 'stage', stage, seq: looked.at(-1)?.seq ?? first.seq }, firstSeq };
}

/** Newest by the first entry of each statement: an old envelope posted again must not push a newer one aside. */
function newestOf(attestations: readonly Evaluated[]): readonly Evaluated[] {
  const newest = attestations.reduce((seq, { firstSeq }) => Math.max(seq, firstSeq), -1);
  return attestations.filter(({ firstSeq }) => firstSeq === newest);
}

function unmet(wanted: ContractStage, attestation: Evaluated): FaultCode | undefined {
  const { predicateTypes, signers, assurance = 'service' } = wanted;
  if (!attestation.sound) return 'contract/stage-attestation-failed';
  if (predicateTypes !== undefined && !predicateTypes.includes(attestation.predicateType))
    return 'contract/wrong-predicate-type';
  if (signers !== undefined && !signers.includes(attestation.signer)) return 'contract/wrong-signer';
  if (assurance === 'pipeline' && attestation.assurance !== 'pipeline') return 'contract/wrong-assurance';
  return undefined;
}

/** Every attestation that counts for the stage was first recorded after one that counts for each stage that it follows. */
function evaluateOrder(
  stage: string,
  after: readonly string[],
  times: ReadonlyMap<string, number | undefined>,
): Requirement {
  const own = times.get(stage);
  if (own === undefined) return { requirement: 'order', stage, reason: 'custody/blocked' };
  const early = after.some((name) => (times.get(name) ?? own) >= own);
  return { requirement: 'order', stage, ...(early ? { reason: 'contract/stage-too-early' as const } : {}) };
}
