/** Fault codes of the service area; docs/spec/faults.md lists every code. */
export const SERVICE_FAULT_CODES = [] as const;
export type ServiceFaultCode = (typeof SERVICE_FAULT_CODES)[number];
