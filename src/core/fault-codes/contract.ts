/** Fault codes of the contract area; docs/spec/faults.md lists every code. */
export const CONTRACT_FAULT_CODES = [] as const;
export type ContractFaultCode = (typeof CONTRACT_FAULT_CODES)[number];
