import type { Contract } from '../contract/contract.ts';
import type { Facts } from '../facts/facts.ts';
import type { PreviousFound } from './compare-with-previous.ts';
import type { ContractInForce } from './contracts-in-force.ts';
import type { Counted } from './counted.ts';
import { type CountedFacts, countedFacts } from './counted-facts.ts';
import type { Question } from './evidence.ts';
import type { Material } from './material.ts';
import { type PreviousRead, previousImage } from './previous-image.ts';
import type { TrustState } from './trust-state.ts';

/** Facts of the image in question and of the one before it, each found only where something asks: they take their time. */
export type FactsAsked = { readonly facts: () => Facts; readonly previous: () => PreviousFound };

/**
 * Facts as everybody states them. Where contracts are given, what these take from other repositories counts among them.
 * `under` has them as a contract takes them that says whose VEX counts; documents are read once for all.
 */
export type FactsAtHand = FactsAsked & { readonly under: (contract: Contract) => FactsAsked };

export function factsAtHand(
  question: Question,
  material: Material,
  trust: TrustState,
  counted: readonly Counted[],
  contracts: readonly ContractInForce[] = [],
): FactsAtHand {
  const stated = once((): CountedFacts => countedFacts(question.subject, counted, trust));
  const before = once((): PreviousRead => previousImage(question, material, trust, contracts));
  const asked = (contract?: Contract): FactsAsked => ({
    facts: once(() => stated()(contract).combined),
    previous: once(() => foundOf(before(), contract)),
  });
  const everybodys = asked();
  return { ...everybodys, under: (contract) => (contract.vexFrom === undefined ? everybodys : asked(contract)) };
}

function foundOf({ stated, ...found }: PreviousRead, contract: Contract | undefined): PreviousFound {
  return stated === undefined ? found : { ...found, facts: stated(contract).combined };
}

function once<T extends object>(find: () => T): () => T {
  let found: T | undefined;
  return () => (found ??= find());
}
