/** Codes of waivers: why one exempts nothing, and what a service refuses. docs/spec/waivers.md says which check gives which. */
export const WAIVER_FAULT_CODES = [
  'waiver/already-approved',
  'waiver/break-glass-again',
  'waiver/break-glass-lapsed',
  'waiver/builder-unknown',
  'waiver/by-builder',
  'waiver/expired',
  'waiver/expires-out-of-range',
  'waiver/inconsistent',
  'waiver/malformed-document',
  'waiver/no-break-glass',
  'waiver/no-such-check',
  'waiver/not-approved',
  'waiver/person-unknown',
  'waiver/revoked',
  'waiver/same-person',
  'waiver/too-long',
  'waiver/unknown',
] as const;
export type WaiverFaultCode = (typeof WAIVER_FAULT_CODES)[number];
