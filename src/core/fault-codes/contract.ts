/** Fault codes of contracts, and the reasons of contract checks; docs/spec/faults.md lists every code. */
export const CONTRACT_FAULT_CODES = [
  'contract/body-differs',
  'contract/cyclic-order',
  'contract/duplicate-stage',
  'contract/malformed',
  'contract/none',
  'contract/signature-failed',
  'contract/signature-missing',
  'contract/stage-attestation-failed',
  'contract/stage-missing',
  'contract/stage-too-early',
  'contract/unknown-predicate-type',
  'contract/unknown-stage',
  'contract/versions-inconsistent',
  'contract/wrong-assurance',
  'contract/wrong-predicate-type',
  'contract/wrong-signer',
] as const;
export type ContractFaultCode = (typeof CONTRACT_FAULT_CODES)[number];
