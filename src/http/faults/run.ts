import type { RunFaultCode } from '../../core/fault-codes/run.ts';
import type { FaultRow } from './faults.ts';

/** Runs: what is refused of them, and why one does not hold or is not enough. */
export const RUN_FAULTS = {
  'run/after-expiry': [
    422,
    'Something is filed under a run whose time had passed.',
    'Take fresh evidence; if it stays like this, raise an alarm.',
  ],
  'run/cancelled': [422, 'The run that the image comes from was cancelled.', 'Run the pipeline again.'],
  'run/ended': [
    409,
    'The run has ended, or its time has passed: nothing is filed under it any more.',
    'Open another run; what was recorded before the end is found when it is sent again.',
  ],
  'run/expired': [
    422,
    'The run that the image comes from was not closed in its time.',
    'Find out what became of it, and run the pipeline again.',
  ],
  'run/expired-early': [
    422,
    'A run was expired before its time.',
    'Take fresh evidence; if it stays like this, raise an alarm.',
  ],
  'run/failed': [422, 'The run that the image comes from failed.', 'Correct what failed, and run the pipeline again.'],
  'run/full': [422, 'The run has as many entries as a run may have.', 'Open another run for what is left.'],
  'run/lifetime-out-of-range': [
    422,
    'A run lasts between a second and the longest time that the service allows.',
    'Ask for a time within the bounds that the answer names.',
  ],
  'run/open': [422, 'The run that the image comes from is still open.', 'Close it: waybill run close.'],
  'run/opened-twice': [422, 'A run was opened twice.', 'Take fresh evidence; if it stays like this, raise an alarm.'],
  'run/other-commit': [422, 'What is filed under a run is about another commit than the run.', 'Name the right run.'],
  'run/other-repository': [422, 'The run is of another repository.', 'Name a run of this repository.'],
  'run/overdue': [
    422,
    'The run that the image comes from was not closed in its time, and nothing says yet that it has expired.',
    'Find out what became of it, and run the pipeline again.',
  ],
  'run/pins-too-much': [
    422,
    'More contracts apply to the repository, or they ask for more stages, than a run can pin.',
    'Withdraw contracts that are not needed, or join some.',
  ],
  'run/unknown': [404, 'There is no such run.', 'Check the id; `waybill run list` shows the runs of a commit.'],
} as const satisfies Readonly<Record<RunFaultCode, FaultRow>>;
