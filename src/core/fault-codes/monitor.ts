/** What a monitor raises an alarm for, and what keeps it from watching; docs/spec/faults.md lists every code. */
export const MONITOR_FAULT_CODES = [
  'monitor/clock-ahead',
  'monitor/clock-back',
  'monitor/forked',
  /** An earlier alarm convicted the log, and nobody has acknowledged it. */
  'monitor/halted',
  'monitor/malformed-answer',
  /** The state of a replay does not read: it is refused, and never taken for a missing one. */
  'monitor/malformed-state',
  'monitor/map-false',
  'monitor/not-replayable',
  'monitor/other-key',
  'monitor/refused',
  'monitor/rewritten',
  'monitor/rolled-back',
  'monitor/stale',
  'monitor/truncated',
  'monitor/unreachable',
  /** Checkpoints come, and nothing of what they promise. */
  'monitor/withheld',
] as const;
export type MonitorFaultCode = (typeof MONITOR_FAULT_CODES)[number];
