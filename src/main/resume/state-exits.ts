import { EXIT, type ExitCode } from '../../cli/exit-codes.ts';
import type { Survey } from './survey-log.ts';

/** What `waybill resume` exits with, and what each way of going on exits with where it refuses for that state. */
export const STATE_EXITS: Readonly<Record<Survey['state'], ExitCode>> = {
  'in-order': EXIT.ok,
  intact: EXIT.decision,
  unknown: EXIT.decision,
  unopened: EXIT.decision,
  lost: EXIT.history,
  foreign: EXIT.integrity,
};
