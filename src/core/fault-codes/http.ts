/** Fault codes of the HTTP area; docs/spec/faults.md lists every code. */
export const HTTP_FAULT_CODES = ['http/malformed-parameter', 'http/parameter-missing'] as const;
export type HttpFaultCode = (typeof HTTP_FAULT_CODES)[number];
