/** Fault codes of the statement area; docs/spec/faults.md lists every code. */
export const STATEMENT_FAULT_CODES = [] as const;
export type StatementFaultCode = (typeof STATEMENT_FAULT_CODES)[number];
