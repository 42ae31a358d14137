import { type Entry, parseEntry } from '../core/entry/entry.ts';
import { verifyConsistency } from '../core/merkle/consistency.ts';
import { type Frontier, frontierRoot } from '../core/merkle/frontier.ts';
import { ServiceError, type StoredHead } from './ports.ts';

/**
 * Holds a state that was computed of stored entries to the head that was signed, by the path between them: no proof is given
 * that does not verify. Throws `head/not-ours`.
 */
export function requireBelowHead(head: StoredHead, shown: Frontier, path: readonly Uint8Array[]): void {
  const claim = { first: shown.size, second: head.frontier.size, firstRoot: frontierRoot(shown), path };
  if (verifyConsistency({ ...claim, secondRoot: head.root }).ok) return;
  throw notOurs('The entries as stored are not those in the tree.');
}

/** The entry that a stored leaf is. Throws `head/not-ours` where it is none. */
export function readStored(leaf: Uint8Array | undefined): Entry {
  const entry = leaf === undefined ? undefined : parseEntry(leaf);
  if (entry?.ok === true) return entry.value;
  throw notOurs('An entry as stored does not read.');
}

/** What is stored is not what this log signed: `head/not-ours`. */
export function notOurs(message: string): ServiceError {
  return new ServiceError({ code: 'head/not-ours', message });
}
