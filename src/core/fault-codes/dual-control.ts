/** Codes of changes that take two people; docs/spec/dual-control.md says which check gives which. */
export const DUAL_CONTROL_FAULT_CODES = [
  'dual-control/malformed-change',
  'dual-control/not-proposed',
  'dual-control/off',
  'dual-control/other-change',
  'dual-control/person-unknown',
  'dual-control/same-person',
] as const;
export type DualControlFaultCode = (typeof DUAL_CONTROL_FAULT_CODES)[number];
