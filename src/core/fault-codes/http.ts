/** Fault codes of the http area; docs/spec/faults.md lists every code. */
export const HTTP_FAULT_CODES = [] as const;
export type HttpFaultCode = (typeof HTTP_FAULT_CODES)[number];
