/** Fault codes of the custody area; docs/spec/faults.md lists every code. */
export const CUSTODY_FAULT_CODES = [] as const;
export type CustodyFaultCode = (typeof CUSTODY_FAULT_CODES)[number];
