import type { LogKeyFaultCode } from '../../core/fault-codes/log-key.ts';
import type { FaultRow } from './faults.ts';

/** The keys of a log, and their rotation. */
export const LOG_KEY_FAULTS = {
  'rotation/malformed': [
    422,
    'A rotation of the log’s key names a key that is none of this log.',
    'Do not rely on this log; ask whoever runs it.',
  ],
  'rotation/not-in-force': [
    422,
    'A rotation of the log’s key is not of the keys that were in force.',
    'Do not rely on this log; ask whoever runs it.',
  ],
  'rotation/not-signed': [
    422,
    'Not every key that a rotation of the log’s key names signed it.',
    'Do not rely on this log; ask whoever runs it.',
  ],
  'checkpoint/log-key-retired': [
    422,
    'The checkpoint is signed by a key that the log had retired before.',
    'Keep it and raise an alarm: somebody else may have that key.',
  ],
  'key/log-key-missing': [
    503,
    'The log is signed with a key that this replica does not have.',
    'Whoever runs the service gives the replica the file and starts it again; other replicas answer.',
  ],
} as const satisfies Readonly<Record<LogKeyFaultCode, FaultRow>>;
