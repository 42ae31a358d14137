/** Fault codes of the dsse area; docs/spec/faults.md lists every code. */
export const DSSE_FAULT_CODES = [
  'dsse/keyless-not-supported',
  'dsse/malformed-bundle',
  'dsse/malformed-envelope',
  'dsse/no-envelope',
  'dsse/no-signature',
  'dsse/no-trusted-signature',
  'dsse/signature-count',
  'dsse/too-large',
  'dsse/too-many-signatures',
  'dsse/unsupported-bundle-version',
] as const;
export type DsseFaultCode = (typeof DSSE_FAULT_CODES)[number];
