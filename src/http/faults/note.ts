import type { NoteFaultCode } from '../../core/fault-codes/note.ts';
import type { FaultRow } from './faults.ts';

/** Signed notes, checkpoints and tlog proofs. */
export const NOTE_FAULTS = {
  'checkpoint/extension-line': [
    422,
    'The checkpoint has lines that this program does not know.',
    'Use a newer version.',
  ],
  'checkpoint/malformed': [422, 'The note is not a checkpoint.', 'Use it as it was handed out.'],
  'checkpoint/origin-not-signed': [422, 'No key of the origin’s name signed the checkpoint.', 'Treat it as forged.'],
  'note/ambiguous-key': [422, 'Two keys share a name and an id.', 'Trust only one of them.'],
  'note/bad-signature': [422, 'A signature by a known key is wrong.', 'Treat the note as forged.'],
  'note/malformed': [422, 'The text is not a signed note.', 'Use it as it was handed out.'],
  'note/malformed-key': [422, 'The text is not a verifier key.', 'Copy it whole, as the log prints it.'],
  'note/no-known-signature': [422, 'No known key signed the note.', 'Check which log you trust.'],
  'note/too-large': [422, 'The note is too large.', 'Treat it as forged.'],
  'note/too-many-signatures': [422, 'The note has more signatures than are read.', 'Treat it as forged.'],
  'note/unsupported-key-type': [422, 'The verifier key is of a type that is not read.', 'Use an Ed25519 key.'],
  'tlog-proof/malformed': [422, 'The text is not a tlog proof.', 'Use it as it was handed out.'],
  'tlog-proof/too-large': [422, 'The proof is too large.', 'Treat it as forged.'],
} as const satisfies Readonly<Record<NoteFaultCode, FaultRow>>;
