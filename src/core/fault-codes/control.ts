/** Codes of control keys and their envelopes; docs/spec/control.md says which check gives which. */
export const CONTROL_FAULT_CODES = [
  'control/keys-differ',
  'control/keys-not-confirmed',
  'control/malformed',
  'control/malformed-keys',
  'control/malformed-request',
  'control/missing',
  'control/no-keys',
  'control/not-needed',
  'control/threshold-not-met',
  'control/wrong-body',
  'control/wrong-key',
  'control/wrong-kind',
  'control/wrong-log',
  'control/wrong-payload',
  'control/wrong-place',
] as const;
export type ControlFaultCode = (typeof CONTROL_FAULT_CODES)[number];
