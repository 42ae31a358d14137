import type { Facts } from '../facts/facts.ts';
import type { PreviousFound } from './compare-with-previous.ts';
import type { ContractInForce } from './contracts-in-force.ts';
import type { Counted } from './counted.ts';
import { countedFacts } from './counted-facts.ts';
import type { Question } from './evidence.ts';
import type { Material } from './material.ts';
import { previousImage } from './previous-image.ts';
import type { TrustState } from './trust-state.ts';

/**
 * Facts of the image in question and of the one before it, each read once and only where something asks: they take their time.
 * Where contracts are given, what these take from other repositories counts among them.
 */
export type FactsAtHand = { readonly facts: () => Facts; readonly previous: () => PreviousFound };

export function factsAtHand(
  question: Question,
  material: Material,
  trust: TrustState,
  counted: readonly Counted[],
  contracts: readonly ContractInForce[] = [],
): FactsAtHand {
  let stated: Facts | undefined;
  let before: PreviousFound | undefined;
  return {
    facts: () => (stated ??= countedFacts(question.subject, counted).combined),
    previous: () => (before ??= previousImage(question, material, trust, contracts)),
  };
}
