/** Fault codes of proofs about a period; docs/spec/faults.md lists every code. */
export const PERIOD_FAULT_CODES = [
  /** The earlier checkpoint covers entries of the period. */
  'period/earlier-misplaced',
  /** An entry that is shown as one of the period lies outside it. */
  'period/entry-outside',
  'period/hash-wrong',
  'period/malformed',
  /** A neighbour is an entry of the period itself. */
  'period/neighbour-inside',
  'period/neighbour-missing',
  /** The two checkpoints are not of one history. */
  'period/not-consistent',
  'period/not-contiguous',
  'period/not-included',
  /** More than one answer holds. */
  'period/too-large',
  'period/wrong-log',
] as const;
export type PeriodFaultCode = (typeof PERIOD_FAULT_CODES)[number];
