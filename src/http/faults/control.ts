import type { ControlFaultCode } from '../../core/fault-codes/control.ts';
import type { FaultRow } from './faults.ts';

const PREPARE = 'Prepare the change again, have it signed, and send it before anything else moves the list.';

/** Control keys and their envelopes. */
export const CONTROL_FAULTS = {
  'control/keys-differ': [
    422,
    'The log was opened with other control keys than the ones that are trusted.',
    'Compare the control keys over a channel that you trust; do not rely on this log until they agree.',
  ],
  'control/keys-not-confirmed': [
    422,
    'The log names control keys, and the reader brought none to compare them with.',
    'Put the control keys that you know into your trust file.',
  ],
  'control/malformed': [
    400,
    'The text is no control envelope in its one form.',
    'Send what “waybill control combine” wrote, as it is.',
  ],
  'control/malformed-keys': [
    400,
    'The control keys or their threshold do not make a set.',
    'Name 1 to 16 distinct keys, and a threshold from 1 to their number.',
  ],
  'control/malformed-request': [
    400,
    'The file is no request for control signatures.',
    'Use what “waybill control prepare” or “sign” wrote, as it is.',
  ],
  'control/missing': [
    422,
    'The log was opened with control keys, and this change carries no agreement of theirs.',
    'Prepare it with “waybill control prepare”, have it signed, and send it with --control.',
  ],
  'control/no-keys': [
    422,
    'The log was opened without control keys, so that there are none to change.',
    'Seal the log, and open its successor with control keys.',
  ],
  'control/not-needed': [
    422,
    'The entry carries a control envelope, which it does not take in this log.',
    'Send it without one.',
  ],
  'control/threshold-not-met': [
    422,
    'Fewer control keys of the set in force signed than it takes.',
    'Have more of them sign; see “waybill control keys show”.',
  ],
  'control/wrong-body': [422, 'The envelope was made for an entry that says something else.', PREPARE],
  'control/wrong-key': [422, 'The envelope was made for another list.', PREPARE],
  'control/wrong-kind': [422, 'The envelope was made for another kind of entry.', PREPARE],
  'control/wrong-log': [422, 'The envelope was made for another log.', PREPARE],
  'control/wrong-payload': [422, 'The envelope was made for another document.', PREPARE],
  'control/wrong-place': [
    409,
    'The envelope was made for another place of the list: it was used before, or the list has moved since.',
    PREPARE,
  ],
} as const satisfies Readonly<Record<ControlFaultCode, FaultRow>>;
