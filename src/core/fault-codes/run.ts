/**
 * Codes of runs: what the service refuses of them, and the reasons of the checks `run/*` and `contract/run`.
 * docs/spec/faults.md lists every code; docs/spec/custody-checks.md says which check gives which reason.
 */
export const RUN_FAULT_CODES = [
  'run/after-expiry',
  'run/cancelled',
  'run/ended',
  'run/expired',
  'run/expired-early',
  'run/failed',
  'run/full',
  'run/lifetime-out-of-range',
  'run/open',
  'run/opened-twice',
  'run/other-commit',
  'run/other-repository',
  'run/overdue',
  'run/pins-too-much',
  'run/unknown',
] as const;
export type RunFaultCode = (typeof RUN_FAULT_CODES)[number];
