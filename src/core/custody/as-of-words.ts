import type { CustodyResult } from './verify-custody.ts';

/** A question about the past in words: what goes behind a title, and what it does and does not look at. */
export type AsOfWords = { readonly title: string; readonly text: string };

/** Which question is answered, undefined where it is the one of now. Every place that shows a verdict shows it. */
export function asOfWords({ asOf, checkpoint }: Pick<CustodyResult, 'asOf' | 'checkpoint'>): AsOfWords | undefined {
  if (asOf === undefined) return undefined;
  const when = asOf.time === undefined ? 'a state that is not proved' : plainTime(asOf.time);
  const entries = asOf.size === 1 ? 'the first entry' : `the first ${asOf.size} entries`;
  if (asOf.view === 'then') {
    return {
      title: `as known at ${when}`,
      text: `This is about the past: ${entries} of the ledger, as it stood at ${when}. Whatever was recorded since, a revocation or a failed scan included, is not looked at.`,
    };
  }
  const now = checkpoint?.time === undefined ? 'the newest state' : plainTime(checkpoint.time);
  return {
    title: `as known now about ${when}`,
    text: `This is about the past: what ${entries} of the ledger say of the image, as it stood at ${when}, judged by the keys, roles and contracts of ${now}. What was recorded of the image since is not looked at.`,
  };
}

/** RFC 3339 in UTC as `2026-03-14 12:00:00 UTC`. */
function plainTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}
