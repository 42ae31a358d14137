import type { FaultCode } from '../fault.ts';
import type { ContractStage } from './contract.ts';
import type { Evaluated, LookedStage, LookedStages, Situation } from './evaluated.ts';
import { personBehind } from './people-of.ts';

/**
 * The attestations of each stage that count for it, and whether each of them meets it. A stage that is not met has no
 * place in what else is asked for: its order, people and age are not judged. Source: docs/spec/contract.md §3.
 */
export function lookAtStages({ contract, attestations }: Situation): LookedStages {
  return new Map(contract.stages.map((wanted) => [wanted.stage, lookAt(wanted, attestations)]));
}

function lookAt(wanted: ContractStage, attestations: readonly Evaluated[]): LookedStage {
  const { count = 'all', threshold } = wanted;
  const ofStage = attestations.filter((one) => isOf(wanted, one));
  const looked = count === 'all' ? ofStage : threshold === undefined ? newestOf(ofStage) : newestOfEach(ofStage);
  if (looked.length === 0) return { wanted, looked, unmet: { reason: 'contract/stage-missing' } };
  for (const attestation of looked) {
    const reason = unmet(wanted, attestation);
    if (reason !== undefined) return { wanted, looked, unmet: { reason, seq: attestation.seq } };
  }
  return { wanted, looked };
}

/** Whether an attestation is of the stage and about what that asks for. */
function isOf({ stage, on = 'image' }: ContractStage, attestation: Evaluated): boolean {
  return attestation.stage === stage && (attestation.on ?? ['image']).includes(on);
}

/** Whether an attestation is of the stage and meets it by itself, whatever else is attested and whether it is the newest. */
export function meetsStage(wanted: ContractStage, attestation: Evaluated): boolean {
  return isOf(wanted, attestation) && unmet(wanted, attestation) === undefined;
}

/** Newest by the first entry of each statement: an old envelope posted again must not push a newer one aside. */
function newestOf(attestations: readonly Evaluated[]): readonly Evaluated[] {
  const newest = attestations.reduce((seq, { first }) => Math.max(seq, first.seq), -1);
  return attestations.filter(({ first }) => first.seq === newest);
}

/** Where several people are asked for, each has a newest word of their own. */
function newestOfEach(attestations: readonly Evaluated[]): readonly Evaluated[] {
  const newest = new Map<string, number>();
  for (const { first } of attestations) {
    newest.set(authorOf(first), Math.max(newest.get(authorOf(first)) ?? -1, first.seq));
  }
  return attestations.filter(({ first }) => newest.get(authorOf(first)) === first.seq);
}

/** The person, or the principal where nobody knows who that is. */
function authorOf(first: Evaluated['first']): string {
  const person = personBehind(first);
  return person === undefined ? `principal ${first.filing.principal}` : `person ${person}`;
}

function unmet(wanted: ContractStage, attestation: Evaluated): FaultCode | undefined {
  const { predicateTypes, signers, assurance = 'service' } = wanted;
  if (!attestation.sound) return 'contract/stage-attestation-failed';
  if (predicateTypes !== undefined && !predicateTypes.includes(attestation.predicateType))
    return 'contract/wrong-predicate-type';
  if (signers !== undefined && !standsForOneOf(attestation, signers)) return 'contract/wrong-signer';
  if (assurance === 'pipeline' && attestation.assurance !== 'pipeline') return 'contract/wrong-assurance';
  return undefined;
}

/** A key that follows another by a proved rotation counts as the one that the contract names, never the other way round. */
function standsForOneOf({ signer, follows = [] }: Evaluated, signers: readonly string[]): boolean {
  return signers.includes(signer) || follows.some((before) => signers.includes(before));
}
