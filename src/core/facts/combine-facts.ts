import type { Fault } from '../fault.ts';
import type { Manifest } from '../image/manifest.ts';
import { FACTS_STEPS_MAX } from '../limits.ts';
import { Collector } from './collector.ts';
import type { Facts } from './facts.ts';
import { manifestFacts } from './manifest-facts.ts';
import { mergeStated } from './merge-stated.ts';
import { type FactsDocument, readStated, statableBy } from './read-stated.ts';
import { settle } from './settle.ts';
import type { Stated } from './stated.ts';

/** One sound attestation of an image: what it claims, and the stage that it belongs to. */
export type FactsSource = FactsDocument & { readonly stage?: string };

/** The image that facts are about: its digest, and its manifest where that was shown. */
export type FactsSubject = { readonly digest?: string; readonly manifest?: Manifest };

/** What became of one document: read, or not, with the fault. In the order of the sources. */
export type DocumentOutcome = { readonly fault?: Fault };

/**
 * Facts of an image. `combined` rests on every document, `stages` on those of one stage each; statements of VEX count in
 * both, whatever stage they are of. What a document that cannot be read might have stated is in neither of those that it
 * belongs to: missing, never zero; and where that might have been VEX, no vulnerabilities are in any. `fault` is there where documents cannot be put together, and then nothing is stated.
 */
export type CombinedFacts = {
  readonly combined: Facts;
  readonly stages: { readonly [stage: string]: Facts };
  readonly documents: readonly DocumentOutcome[];
  readonly fault?: Fault;
};

/** One document as it was read, or why it was not. */
export type ReadSource = { readonly source: FactsSource; readonly stated: Stated; readonly fault?: Fault };

/**
 * Facts of one image out of its sound attestations, in the ledger's order, which decides between statements of VEX.
 * The bounds are for all documents together. Pure and total. Source: docs/spec/facts.md §8.
 */
export function combineFacts(sources: readonly FactsSource[], subject: FactsSubject = {}): CombinedFacts {
  return combineRead(readSources(sources), subject);
}

/**
 * The same of documents that were read before, where statements of VEX in some, by their places, set nothing aside. That
 * changes what is suppressed, and nothing else: neither which facts there are nor which bounds are kept.
 */
export function combineRead(
  read: readonly ReadSource[],
  subject: FactsSubject,
  settingNothingAside: ReadonlySet<number> = new Set(),
): CombinedFacts {
  const documents = read.map(({ fault }) => (fault === undefined ? {} : { fault }));
  const vex = read.flatMap(({ stated }) => stated.vex ?? []);
  const ofImage = subject.manifest === undefined ? {} : manifestFacts(subject.manifest);
  const context = { subject: subject.digest, vex, settingNothingAside };
  const whole = settle({ ...mergeStated(read.map(({ stated }) => stated)), ...ofImage }, context);
  if (!whole.ok) return { combined: {}, stages: {}, documents, fault: whole.fault };
  // Statements of VEX count in every stage, and so does what one that is not read might have said.
  const unknownToAll = unknownAfter(read).includes('vex') ? (['vulnerabilities'] as const) : [];
  const stages: [string, Facts][] = [];
  for (const [stage, of] of Map.groupBy(read, ({ source }) => source.stage)) {
    if (stage === undefined) continue;
    const facts = settle(mergeStated(of.map(({ stated }) => stated)), context);
    if (!facts.ok) return { combined: {}, stages: {}, documents, fault: facts.fault };
    stages.push([stage, withoutUnknown(facts.value, unknownAfter(of), unknownToAll)]);
  }
  return { combined: withoutUnknown(whole.value, unknownAfter(read)), stages: Object.fromEntries(stages), documents };
}

/** Reads documents in the ledger's order; their steps are bounded together. */
export function readSources(sources: readonly FactsSource[]): readonly ReadSource[] {
  let stepsMax = FACTS_STEPS_MAX;
  return sources.map((source, order) => {
    const into = new Collector(order, { stepsMax });
    const stated = readStated(source, into);
    stepsMax -= into.steps;
    return stated.ok ? { source, stated: stated.value } : { source, stated: {}, fault: stated.fault };
  });
}

/** What the documents that were not read might have stated. */
function unknownAfter(read: readonly ReadSource[]): readonly (keyof Facts)[] {
  return read.flatMap(({ source, fault }) => (fault === undefined ? [] : statableBy(source.predicateType)));
}

function withoutUnknown(facts: Facts, ...unknown: readonly (readonly (keyof Facts)[])[]): Facts {
  const names = new Set<string>(unknown.flat());
  if (names.size === 0) return facts;
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !names.has(name)));
}
