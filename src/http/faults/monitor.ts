import type { MonitorFaultCode } from '../../core/fault-codes/monitor.ts';
import type { FaultRow } from './faults.ts';

/** Alarms of `waybill monitor`, and what keeps it from watching. No request is answered with one. */
export const MONITOR_FAULTS = {
  'monitor/clock-ahead': [
    409,
    'The newest entry is of a time that has not come.',
    'Compare the clocks of database and monitor.',
  ],
  'monitor/clock-back': [
    409,
    'The log signed an entry that is older than the one before it.',
    'Treat it as tampering.',
  ],
  'monitor/forked': [
    409,
    'The log does not contain what the monitor has seen of it.',
    'Keep both checkpoints: they prove it. Trust neither history until it is explained.',
  ],
  'monitor/halted': [
    409,
    'An earlier alarm convicted the log, and nobody has acknowledged it.',
    'Find out what happened; then `--acknowledge`.',
  ],
  'monitor/malformed-answer': [
    409,
    'What answers is not what a log answers.',
    'Ask whoever runs the service what stands at that address.',
  ],
  'monitor/malformed-state': [
    422,
    'The state of a replay does not read, or is of another log.',
    'Replay from the first entry (`--restart`).',
  ],
  'monitor/map-false': [
    409,
    'The log committed to a map that does not follow from its entries.',
    'Trust no completeness proof of this log.',
  ],
  'monitor/not-replayable': [
    409,
    'The log signed an entry that does not continue chain or lists.',
    'Treat it as tampering; the alarm names the entry.',
  ],
  'monitor/other-key': [
    409,
    'The checkpoint is not signed by the log’s key.',
    'Check whether the key was changed in order; otherwise treat it as forged.',
  ],
  'monitor/refused': [409, 'The service refuses the monitor’s token.', 'Give it a token of the role auditor.'],
  'monitor/rewritten': [
    409,
    'What the service hands out is not what the log signed.',
    'Audit the database; the alarm says where.',
  ],
  'monitor/rolled-back': [
    409,
    'The newest checkpoint is older than one that the monitor has seen.',
    'Ask whether a backup was restored. If the log goes on from there, it forks.',
  ],
  'monitor/stale': [409, 'The newest entry is older than allowed.', 'Find out why nothing new is shown.'],
  'monitor/truncated': [
    409,
    'The service does not hand out entries that the log signed.',
    'Audit the database: entries may be missing.',
  ],
  'monitor/unreachable': [409, 'The service does not answer.', 'Find out why.'],
  'monitor/withheld': [
    409,
    'The service shows checkpoints, and for longer than allowed nothing of what they promise.',
    'Ask for the entries that were signed; audit the database. A log that signs what it does not have is lying.',
  ],
} as const satisfies Readonly<Record<MonitorFaultCode, FaultRow>>;
