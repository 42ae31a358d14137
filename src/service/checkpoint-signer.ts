import { formatCheckpoint } from '../core/checkpoint/checkpoint.ts';
import { formatNote, type NoteSigner } from '../core/checkpoint/signed-note.ts';
import type { StoredHead } from './ports.ts';

/** A committed head, anchored, with its signed checkpoint, and the first of the keys that signed it: what documents name. */
export type SignedHead = { readonly head: StoredHead; readonly checkpoint: string; readonly logKey: string };

/**
 * The signed checkpoint of a committed head. Ed25519 is deterministic, so that any replica makes the same bytes again
 * and none need be stored. Only committed heads whose MAC was checked are ever handed to this.
 */
export function signHead(head: StoredHead, signers: readonly NoteSigner[]): SignedHead {
  const text = formatCheckpoint({ origin: head.origin, size: head.frontier.size, root: head.root });
  return { head, checkpoint: formatNote(text, signers), logKey: signers[0]?.vkey ?? '' };
}
