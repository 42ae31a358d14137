/** Fault codes of the facts area; docs/spec/faults.md lists every code. */
export const FACTS_FAULT_CODES = [
  'facts/contradictory-document',
  'facts/doctype-not-allowed',
  'facts/malformed-document',
  'facts/malformed-xml',
  'facts/not-stated',
  'facts/scan-failed',
  'facts/text-too-long',
  'facts/too-deep',
  'facts/too-large',
  'facts/too-many-elements',
  'facts/too-much-work',
  'facts/unknown-scan-result',
  'facts/unsupported-encoding',
  'facts/unsupported-version',
] as const;
export type FactsFaultCode = (typeof FACTS_FAULT_CODES)[number];
