/** Fault codes of signed notes, checkpoints and tlog proofs; docs/spec/faults.md lists every code. */
export const NOTE_FAULT_CODES = [
  'checkpoint/extension-line',
  'checkpoint/malformed',
  /** The note is signed, but not by a key that bears the origin's name. */
  'checkpoint/origin-not-signed',
  /** Two different keys share one name and key ID, so a signature line cannot say which it means. */
  'note/ambiguous-key',
  /** A line of a known key does not verify; the whole note is refused. */
  'note/bad-signature',
  'note/malformed',
  'note/malformed-key',
  'note/no-known-signature',
  'note/too-large',
  'note/too-many-signatures',
  'note/unsupported-key-type',
  'tlog-proof/malformed',
  'tlog-proof/too-large',
] as const;
export type NoteFaultCode = (typeof NOTE_FAULT_CODES)[number];
