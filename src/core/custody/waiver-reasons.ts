import type { FaultCode } from '../fault.ts';
import type { WaiverFaultCode } from '../fault-codes/waiver.ts';

/** Reasons of waivers in words: what was found, what to do, and who can. */
export const WAIVER_REASONS = {
  'waiver/no-break-glass': {
    text: 'It was asked for by break-glass, which takes the agreement of control keys in this log.',
    advice: 'Have it approved, with their agreement.',
  },
  'waiver/not-approved': {
    text: 'Nobody approved it yet.',
    advice: 'A second release manager, who did not build this, can: waybill waiver approve.',
  },
  'waiver/break-glass-again': {
    text: 'Whoever asked for it broke the glass for the same check before, and nobody approved that.',
    advice: 'Another release manager, who did not build this, approves one of the two: waybill waiver approve.',
  },
  'waiver/break-glass-lapsed': {
    text: 'It was in force by break-glass for 24 hours, and no second person approved it by then.',
    advice: 'Ask for a new waiver, and have it approved; what was released on this one was never approved.',
  },
  'waiver/expired': {
    text: 'Its time is over.',
    advice: 'Mend what it exempted, or ask for a new one: waybill waiver request.',
  },
  'waiver/revoked': {
    text: 'It was revoked.',
    advice: 'Whoever revoked it knows why; a new one takes two people again.',
  },
  'waiver/same-person': {
    text: 'Whoever approved it is the person who asked for it.',
    advice: 'Another person has to approve it: waybill waiver approve.',
  },
  'waiver/by-builder': {
    text: 'Whoever asked for it or approved it built or attested what it exempts.',
    advice: 'Have it asked for and approved by people who did neither.',
  },
  'waiver/person-unknown': {
    text: 'The grant of whoever asked for it or approved it names no person.',
    advice: 'An administrator names the person: waybill principal grant --person. Then ask for a new waiver.',
  },
  'waiver/builder-unknown': {
    text: 'The grants of whoever signed or attested this name no person, so that nobody can be told from the builder.',
    advice:
      'An administrator names the person behind that principal, or a name of its own for a machine: waybill principal grant --person.',
  },
  'waiver/too-long': { text: 'It would last longer than 91 days.', advice: 'Ask for a shorter one.' },
  'waiver/inconsistent': {
    text: 'Its list is not one request and what was decided upon it.',
    advice: 'Do not rely on it, and ask an administrator of the service.',
  },
  'waiver/malformed-document': {
    text: 'Its reason does not read.',
    advice: 'Ask for a new one, with a reason: waybill waiver request.',
  },
} as const satisfies Readonly<
  Partial<Record<Extract<FaultCode, WaiverFaultCode>, { readonly text: string; readonly advice: string }>>
>;
