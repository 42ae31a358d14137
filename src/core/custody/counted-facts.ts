import { eachStatementOnce } from '../contract/first-records.ts';
import { type CombinedFacts, combineFacts, type FactsSource } from '../facts/combine-facts.ts';
import type { Manifest } from '../image/manifest.ts';
import type { Counted } from './counted.ts';

/**
 * Sound attestations in the ledger's order; one that was posted again counts once, where it first was sound: a record that
 * counts for nothing takes nothing away.
 */
export function statingAttestations(counted: readonly Counted[]): readonly Counted[] {
  return eachStatementOnce(counted.filter(({ what, sound }) => what === 'attestation' && sound));
}

/** Facts of an image, out of what counts for it. Size and base are those of its newest sound signature. Source: docs/spec/facts.md §8. */
export function countedFacts(subject: string, counted: readonly Counted[]): CombinedFacts {
  const manifest = manifestOf(counted);
  return combineFacts(statingAttestations(counted).map(sourceOf), {
    digest: subject,
    ...(manifest === undefined ? {} : { manifest }),
  });
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
