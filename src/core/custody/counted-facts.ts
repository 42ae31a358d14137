import type { Contract } from '../contract/contract.ts';
import { eachStatementOnce } from '../contract/first-records.ts';
import { settingNothingAside } from '../contract/vex-from.ts';
import { type CombinedFacts, combineRead, type FactsSource, readSources } from '../facts/combine-facts.ts';
import type { Manifest } from '../image/manifest.ts';
import type { Counted } from './counted.ts';
import { toEvaluated } from './to-evaluated.ts';
import type { TrustState } from './trust-state.ts';

/**
 * Sound attestations in the ledger's order; one that was posted again counts once, where it first was sound: a record that
 * counts for nothing takes nothing away.
 */
export function statingAttestations(counted: readonly Counted[]): readonly Counted[] {
  return eachStatementOnce(counted.filter(({ what, sound }) => what === 'attestation' && sound));
}

/** Facts of an image as everybody states them, or as a contract takes them that says whose VEX counts. */
export type CountedFacts = (contract?: Contract) => CombinedFacts;

/**
 * Facts of an image, out of what counts for it, whose documents are read once. Size and base are those of its newest sound
 * signature. Source: docs/spec/facts.md §8.
 */
export function countedFacts(subject: string, counted: readonly Counted[], trust: TrustState): CountedFacts {
  const read = readSources(statingAttestations(counted).map(sourceOf));
  const manifest = manifestOf(counted);
  const about = { digest: subject, ...(manifest === undefined ? {} : { manifest }) };
  const attestations = counted.filter(({ what }) => what === 'attestation');
  return (contract) => {
    if (contract?.vexFrom === undefined) return combineRead(read, about);
    const evaluated = attestations.map((one) => toEvaluated(one, trust));
    return combineRead(read, about, settingNothingAside(contract, evaluated));
  };
}

function sourceOf({ entry, predicateType, content }: Counted): FactsSource {
  const stage = entry.stage === undefined ? {} : { stage: entry.stage };
  return { ...stage, predicateType, predicate: content?.statement.predicate ?? {} };
}

function manifestOf(counted: readonly Counted[]): Manifest | undefined {
  const signed = counted.filter(({ what, via, sound }) => what === 'signature' && via === undefined && sound);
  const manifest = signed.at(-1)?.content?.image?.manifest;
  return manifest?.ok === true ? manifest.value : undefined;
}
