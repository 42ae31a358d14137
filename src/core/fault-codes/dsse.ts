/** Fault codes of the dsse area; docs/spec/faults.md lists every code. */
export const DSSE_FAULT_CODES = [] as const;
export type DsseFaultCode = (typeof DSSE_FAULT_CODES)[number];
