/** Fault codes of the merkle area; docs/spec/faults.md lists every code. */
export const MERKLE_FAULT_CODES = [] as const;
export type MerkleFaultCode = (typeof MERKLE_FAULT_CODES)[number];
