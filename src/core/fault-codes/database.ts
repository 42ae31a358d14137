/** Fault codes of the database area; docs/spec/faults.md lists every code. */
export const DATABASE_FAULT_CODES = [] as const;
export type DatabaseFaultCode = (typeof DATABASE_FAULT_CODES)[number];
