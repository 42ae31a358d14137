import type { PreviousImage } from '../contract/evaluated.ts';
import type { Entry } from '../entry/entry.ts';
import type { ImageReleased } from '../entry/kinds/image-released.ts';
import { compareFacts, type FactsComparison } from '../facts/compare-facts.ts';
import type { Facts } from '../facts/facts.ts';
import type { FaultCode } from '../fault.ts';

/** Elements of each list of a comparison that a result holds; the numbers beside them count all. */
const LISTED_MAX = 20;

/** The image in question beside the one that was released to the environment before it. */
export type Comparison = {
  readonly environment: string;
  /** The release that it took the place of, or would; absent where there was none, or none is proved. */
  readonly previous?: { readonly digest: string; readonly seq: number; readonly time: string };
  /** What is stated of both and how it differs, as known now; of every list the first 20. */
  readonly facts?: FactsComparison;
  /** Why that cannot be told. */
  readonly reason?: FaultCode;
};

/** What was released before, and the entry that says so. */
export type PreviousFound = PreviousImage & { readonly released?: Entry };

/** Compares what is stated of an image with what is stated of the one before. No verdict rests on it. Source: docs/spec/releases.md §4. */
export function compareWithPrevious(environment: string, found: PreviousFound, facts: () => Facts): Comparison {
  const { released } = found;
  const previous =
    released === undefined
      ? {}
      : { previous: { digest: (released.body as ImageReleased).digest, seq: released.seq, time: released.time } };
  if ('reason' in found) return { environment, ...previous, reason: found.reason };
  if (found.facts === undefined) return { environment };
  return { environment, ...previous, facts: shortened(compareFacts(found.facts, facts())) };
}

/** Lists of a hundred thousand components have no place in an answer. */
function shortened(comparison: FactsComparison): FactsComparison {
  const { components, licences, vulnerabilities } = comparison;
  const few = <T>(list: readonly T[]): readonly T[] => list.slice(0, LISTED_MAX);
  return {
    ...comparison,
    ...(components === undefined
      ? {}
      : {
          components: {
            ...components,
            added: few(components.added),
            removed: few(components.removed),
            changed: few(components.changed).map((one) => ({ ...one, before: few(one.before), after: few(one.after) })),
          },
        }),
    ...(licences === undefined
      ? {}
      : { licences: { ...licences, added: few(licences.added), removed: few(licences.removed) } }),
    ...(vulnerabilities === undefined
      ? {}
      : {
          vulnerabilities: {
            ...vulnerabilities,
            new: { ...vulnerabilities.new, list: few(vulnerabilities.new.list) },
            gone: { ...vulnerabilities.gone, list: few(vulnerabilities.gone.list) },
          },
        }),
  };
}
