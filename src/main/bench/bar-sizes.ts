import type { Measured } from './bars.ts';

/** Entries of the ledger, and keys of its map, that the bars on large ledgers are about. */
export const LARGE_ENTRIES = 1_000_000;
export const LARGE_KEYS = 1_000_000;

/** What a value over a smaller ledger says of itself: it decides nothing. Empty over one that is large enough. */
export function unlessEntries(entries: number): Pick<Measured, 'why' | 'undecided'> {
  if (entries >= LARGE_ENTRIES) return {};
  return { undecided: true, why: `over ${entries} entries instead of ${LARGE_ENTRIES}` };
}

/** The same for a bar that names the keys of the map. */
export function unlessKeys(keys: number): Pick<Measured, 'why' | 'undecided'> {
  if (keys >= LARGE_KEYS) return {};
  return { undecided: true, why: `over a map of ${keys} keys instead of ${LARGE_KEYS}` };
}
