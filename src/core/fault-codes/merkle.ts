/** Fault codes of the merkle area; docs/spec/faults.md lists every code. */
export const MERKLE_FAULT_CODES = [
  /** Two trees of one size have different roots: nothing can make them one history. */
  'merkle/forked',
  'merkle/hash-length',
  /** A consistency path does not connect the two roots. */
  'merkle/inconsistent',
  'merkle/index-out-of-range',
  'merkle/malformed-bundle',
  'merkle/malformed-frontier',
  'merkle/malformed-tile',
  'merkle/malformed-tile-path',
  'merkle/missing-tile',
  'merkle/path-length',
  /** An inclusion path does not connect the leaf with the root. */
  'merkle/root-mismatch',
  'merkle/size-out-of-range',
] as const;
export type MerkleFaultCode = (typeof MERKLE_FAULT_CODES)[number];
