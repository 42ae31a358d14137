/** Fault codes of the note area; docs/spec/faults.md lists every code. */
export const NOTE_FAULT_CODES = [] as const;
export type NoteFaultCode = (typeof NOTE_FAULT_CODES)[number];
