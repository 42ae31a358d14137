/** Fault codes of the encoding area; docs/spec/faults.md lists every code. */
export const ENCODING_FAULT_CODES = [] as const;
export type EncodingFaultCode = (typeof ENCODING_FAULT_CODES)[number];
