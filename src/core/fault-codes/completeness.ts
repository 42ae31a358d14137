/** Fault codes of completeness proofs; docs/spec/faults.md lists every code. */
export const COMPLETENESS_FAULT_CODES = [
  'completeness/hash-wrong',
  'completeness/malformed',
  'completeness/too-many-entries',
] as const;
export type CompletenessFaultCode = (typeof COMPLETENESS_FAULT_CODES)[number];
