/** Fault codes of the keys of a log, and of their rotation; docs/spec/faults.md lists every code. */
export const LOG_KEY_FAULT_CODES = [
  'rotation/malformed',
  'rotation/not-in-force',
  'rotation/not-signed',
  /** The checkpoint is of a size over that up to which the key that signed it counts. */
  'checkpoint/log-key-retired',
  /** A key that the log names, and whose file this replica lacks. */
  'key/log-key-missing',
] as const;
export type LogKeyFaultCode = (typeof LOG_KEY_FAULT_CODES)[number];
