/** Fault codes of the entry area; docs/spec/faults.md lists every code. */
export const ENTRY_FAULT_CODES = [] as const;
export type EntryFaultCode = (typeof ENTRY_FAULT_CODES)[number];
