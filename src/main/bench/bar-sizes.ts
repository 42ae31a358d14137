import type { Measured } from './bars.ts';
import { ENTRIES_OF_AN_IMAGE, KEYS_OF_AN_INDEX } from './grow-ledger.ts';
import type { Growing } from './grow-stand.ts';

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

/** What a ledger holds: so many entries by images, and what is missing to so many keys by indexes. */
export function sizeOf(entries: number, keys: number): Growing {
  const images = Math.ceil(entries / ENTRIES_OF_AN_IMAGE);
  const indexes = Math.max(0, Math.ceil((keys - images) / KEYS_OF_AN_INDEX));
  return { images: { first: 0, count: images }, indexes: { first: 0, count: indexes } };
}
