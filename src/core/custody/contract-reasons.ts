import type { FaultCode } from '../fault.ts';
import type { Reason } from './reason.ts';

/** Reasons of checks about people, age, limits and rules of a contract, in words. */
export const CONTRACT_REASONS: Readonly<Partial<Record<FaultCode, Reason>>> = {
  'contract/too-few-people': {
    text: 'The contract asks for more different people than there are.',
    advice: 'Have somebody else attest the stage too: with a credential of their own, not with one of the same person.',
  },
  'contract/person-unknown': {
    text: 'Nobody knows who is behind one of those who recorded it, or it repeats what another person recorded of another stage; nobody is not counted.',
    advice:
      'Ask an administrator to grant that principal its role again with a person, and attest the stage anew, in a statement of its own.',
  },
  'contract/same-person': {
    text: 'They are the same people.',
    advice: 'Have somebody attest the stage who had no part in the image or the stages that the contract names.',
  },
  'contract/stale': {
    text: 'Its age is over what the contract allows; the first record of the same statement counts.',
    advice: 'Run the stage again now and attest its new result: waybill attest.',
  },
  'contract/fact-missing': {
    text: 'Nothing states what the limit is of.',
    advice:
      'Attest a document that states it, such as a bill of materials, or sign the image itself; see waybill facts.',
  },
  'contract/limit-exceeded': {
    text: 'The image is more than the contract allows.',
    advice: 'Build a smaller image, or ask whoever keeps the contract whether the limit is right.',
  },
  'contract/base-image-not-allowed': {
    text: 'The image is built upon one that the contract does not name.',
    advice: 'Build it upon an allowed image, or ask whoever keeps the contract to allow this one.',
  },
  'contract/rule-violated': {
    text: 'What was attested is not what the rule asks for.',
    advice:
      'Read the rule in the contract (waybill contract show), repair what it is about, and attest the new result.',
  },
  'contract/rule-missing-field': {
    text: 'The document does not have a member that the rule asks for.',
    advice: 'Attest a document that has it; or ask whoever keeps the contract to test for it first, with has(…).',
  },
  'contract/no-environment': {
    text: 'It compares with the image that was released before, and nobody said to which environment.',
    advice: 'Ask for the environment that the image is to run in: --environment, or ?environment= of the service.',
  },
  'contract/previous-unreadable': {
    text: 'It compares with the image that was released before, and something that was attested of that one does not hold or does not read.',
    advice:
      'See what with waybill verify and waybill facts of that image; a waiver of this check lets one through that takes its place.',
  },
  'contract/rule-error': {
    text: 'It could not be evaluated: a wrong type, an overflow, a division by zero or an element that is not there.',
    advice:
      'Ask whoever keeps the contract to read this document beside the rule (waybill facts), and to mend the rule.',
  },
  'contract/rule-not-boolean': {
    text: 'It comes to something that is neither true nor false.',
    advice: 'Ask whoever keeps the contract to compare what it comes to with something.',
  },
  'contract/rule-too-costly': {
    text: 'It takes more steps than a verdict has for it.',
    advice: 'Ask whoever keeps the contract for a simpler rule, or attest a smaller document.',
  },
};
