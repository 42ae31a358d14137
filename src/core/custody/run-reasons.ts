import type { FaultCode } from '../fault.ts';
import type { Reason } from './reason.ts';

const RETAKE = 'Take fresh evidence from the service; if it stays like this, somebody tampered with it.';
const AGAIN = 'Find out what became of it, and run the pipeline again.';

/** Reasons of the checks about runs, in words. */
export const RUN_REASONS: Readonly<Partial<Record<FaultCode, Reason>>> = {
  'run/unknown': { text: 'No such run was opened before.', advice: RETAKE },
  'run/opened-twice': { text: 'It was opened twice.', advice: RETAKE },
  'run/other-repository': { text: 'It is of another repository.', advice: RETAKE },
  'run/other-commit': { text: 'Something in it is about another commit.', advice: RETAKE },
  'run/ended': { text: 'Something stands in it after its end.', advice: RETAKE },
  'run/after-expiry': { text: 'Something stands in it from after its time.', advice: RETAKE },
  'run/expired-early': { text: 'It was expired before its time.', advice: RETAKE },
  'run/lifetime-out-of-range': { text: 'Its time is over before it began, or longer than 30 days.', advice: RETAKE },
  'run/failed': { text: 'It was closed as failed.', advice: 'Correct what failed, and run the pipeline again.' },
  'run/cancelled': { text: 'It was cancelled.', advice: 'Run the pipeline again.' },
  'run/expired': { text: 'It was never closed, and expired.', advice: AGAIN },
  'run/overdue': { text: 'It was not closed in its time.', advice: AGAIN },
  'run/open': { text: 'It is still open.', advice: 'Close it: waybill run close.' },
  'contract/run-missing': {
    text: 'No signature of it names a run.',
    advice: 'Build and sign within a run: waybill run exec, or waybill sign --run.',
  },
  'contract/expected-stage-missing': {
    text: 'The run pinned it, whatever the contract asks for now.',
    advice: 'Run the stage and attest its result: waybill attest.',
  },
  'contract/too-many-attempts': {
    text: 'The image comes from a later attempt than allowed.',
    advice: 'See the attempts before; a new commit begins anew.',
  },
  'contract/too-many-failed-attempts': {
    text: 'More attempts before it did not succeed than allowed.',
    advice: 'See the attempts before; a new commit begins anew.',
  },
};
