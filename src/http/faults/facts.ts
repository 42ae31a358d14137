import type { FactsFaultCode } from '../../core/fault-codes/facts.ts';
import type { FaultRow } from './faults.ts';

/** Facts that documents state. Reasons of documents that were recorded; the facts that they would have stated are missing. */
export const FACTS_FAULTS = {
  'facts/contradictory-document': [
    422,
    'The document contradicts itself: a total says more than its list shows.',
    'Attest what the tool wrote, whole.',
  ],
  'facts/doctype-not-allowed': [
    422,
    'The XML document declares a document type.',
    'Take it out; nothing is expanded or fetched.',
  ],
  'facts/malformed-document': [
    422,
    'The document is not of the form that its type prescribes.',
    'Correct what `at` points to.',
  ],
  'facts/malformed-xml': [422, 'The document is not well-formed XML 1.0.', 'Correct what `at` points to.'],
  'facts/not-stated': [
    422,
    'The document states none of the numbers that its type is for.',
    'Let the tool write them.',
  ],
  'facts/scan-failed': [422, 'The document says that its scan failed, or was not finished.', 'Repeat the scan.'],
  'facts/text-too-long': [
    422,
    'A name, version or identifier is too long.',
    'Correct what `at` points to; the bound is 1,024 characters.',
  ],
  'facts/too-deep': [422, 'Components or elements stand in one another too deep.', 'Flatten them.'],
  'facts/too-large': [413, 'The document is larger than facts are read from.', 'Split it; the bound is 32 MiB.'],
  'facts/too-many-elements': [422, 'There are more elements than facts hold.', 'Split the document, or the image.'],
  'facts/too-much-work': [422, 'To read the document takes more steps than are allowed.', 'Split the document.'],
  'facts/unknown-scan-result': [
    422,
    'The scan carries a report of a format that is not read.',
    'Attest the report itself, or one of a known scanner.',
  ],
  'facts/unsupported-encoding': [422, 'The XML document is in an encoding that is not read.', 'Write UTF-8.'],
  'facts/unsupported-version': [
    422,
    'The document is of a version of its format that is not read.',
    'Write a version that is.',
  ],
} as const satisfies Readonly<Record<FactsFaultCode, FaultRow>>;
