import type { Entry } from '../entry/entry.ts';
import type { Evidence } from './evidence.ts';

/** What may be known of a past state: `then`, what the ledger held then; `now`, what it holds under the newest checkpoint. */
export const VIEWS = ['then', 'now'] as const;
export type View = (typeof VIEWS)[number];

/** A question about the past: the ledger of the first `size` entries, and by whose knowledge it is judged. */
export type AsOf = { readonly size: number; readonly view: View };

/** Lists of what is known of keys, people and rules, rather than of what is judged: of these, `now` takes everything. */
const OF_KNOWLEDGE = /^(?:trust$|(?:coverage|contract|signer|principal|waiver):)/;

/**
 * Whether an entry counts for a question about the past. Without one all do. An entry that does not is shown only because
 * lists are shown whole: it names no list, its kind is not judged, and its document stays out.
 * Source: docs/spec/evidence.md §4.
 */
export function isInView({ seq, keys }: Pick<Entry, 'seq' | 'keys'>, asOf: AsOf | undefined): boolean {
  if (asOf === undefined || seq < asOf.size) return true;
  return asOf.view === 'now' && keys.some(({ key }) => OF_KNOWLEDGE.test(key));
}

/** As much of a list that is whole as counts: all of it, or what the ledger of `size` entries held of it. */
export function cutList<T extends { readonly entry: Pick<Entry, 'seq'> }>(
  key: string,
  list: readonly T[],
  asOf: AsOf | undefined,
): readonly T[] {
  if (asOf === undefined || (asOf.view === 'now' && OF_KNOWLEDGE.test(key))) return list;
  return list.filter(({ entry }) => entry.seq < asOf.size);
}

export function isSameAsOf(a: AsOf | undefined, b: AsOf | undefined): boolean {
  return a?.size === b?.size && a?.view === b?.view;
}

/**
 * The time of evaluation where the reader names none: as known then, that of the state in question, as the commitment
 * that ends it says; otherwise `now`. Nothing is proved by it: where that entry does not hold, the evidence does not.
 */
export function defaultEvaluationTime({ question: { asOf }, entries }: Evidence, now: string): string {
  if (asOf?.view !== 'then') return now;
  return entries.find(({ entry }) => entry.seq === asOf.size - 1)?.entry.time ?? now;
}
