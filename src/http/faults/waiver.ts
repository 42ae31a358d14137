import type { WaiverFaultCode } from '../../core/fault-codes/waiver.ts';
import type { FaultRow } from './faults.ts';

/** Waivers: what a service refuses, and the reasons of the check `waiver/in-force`. */
export const WAIVER_FAULTS = {
  'waiver/already-approved': [
    422,
    'Another person approved the waiver already.',
    'Nothing: one approval is enough. See `waybill waiver show`.',
  ],
  'waiver/break-glass-again': [
    422,
    'Whoever asks broke the glass for this check of the image before, and nobody approved that.',
    'Have the waiver of before approved, or ask for one without break-glass and have that approved.',
  ],
  'waiver/break-glass-lapsed': [
    422,
    'No second person approved the break-glass within 24 hours, so that it ended.',
    'Ask for a new waiver, and have it approved.',
  ],
  'waiver/builder-unknown': [
    422,
    'The grant of whoever signed or attested the image names no person, so that nobody can be told from the builder.',
    'An administrator grants the role again with `person`: that of the human, or a name of its own for a machine.',
  ],
  'waiver/by-builder': [
    422,
    'Whoever built or attested what the waiver exempts neither asks for it nor approves it.',
    'Have it asked for and approved by people who did neither.',
  ],
  'waiver/expired': [422, 'The time of the waiver is over.', 'Ask for a new one.'],
  'waiver/expires-out-of-range': [
    422,
    'A waiver ends after now, and within 90 days.',
    'Give an earlier or a later time.',
  ],
  'waiver/inconsistent': [
    422,
    'The list of the waiver is not one request and what was decided upon it.',
    'Treat the entries as forged; ask whoever runs the log.',
  ],
  'waiver/malformed-document': [
    422,
    'The reason of the waiver does not read.',
    'Ask for the waiver again, with a reason of 1 to 2,000 characters.',
  ],
  'waiver/no-break-glass': [
    422,
    'In a log with control keys no waiver is in force before its approval, to which they agree.',
    'Ask for the waiver without break-glass, and have it approved with their agreement.',
  ],
  'waiver/no-such-check': [
    422,
    'No contract in force makes a check of that name of the image, or not of that stage.',
    'See the checks of `waybill verify`: name contract, check and stage as they stand there.',
  ],
  'waiver/not-approved': [
    422,
    'Nobody approved the waiver yet.',
    'A second release manager, who did not build the image, can.',
  ],
  'waiver/person-unknown': [
    422,
    'The grant of whoever asks for or approves the waiver names no person.',
    'An administrator grants the role again with `person`.',
  ],
  'waiver/revoked': [422, 'The waiver was revoked.', 'Ask for a new one.'],
  'waiver/same-person': [
    422,
    'The person who asked for the waiver does not approve it, under whatever principal.',
    'Have another person approve it.',
  ],
  'waiver/too-long': [422, 'The waiver would last longer than 91 days.', 'Ask for a shorter one.'],
  'waiver/unknown': [404, 'There is no such waiver where the caller may read.', 'Check the id: `waybill waiver list`.'],
} as const satisfies Readonly<Record<WaiverFaultCode, FaultRow>>;
