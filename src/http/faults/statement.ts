import type { StatementFaultCode } from '../../core/fault-codes/statement.ts';
import type { FaultRow } from './faults.ts';

/** in-toto statements, and the documents of tools. */
export const STATEMENT_FAULTS = {
  'statement/doctype-not-allowed': [
    400,
    'The XML document declares a DOCTYPE.',
    'Take it out; nothing is expanded or fetched.',
  ],
  'statement/malformed-digest': [
    400,
    'A digest of the statement is malformed.',
    'Write lower-case hex of the algorithm’s length.',
  ],
  'statement/malformed-placement': [
    400,
    'The place that the statement names is malformed.',
    'Write repository, stage and run as names.',
  ],
  'statement/malformed-statement': [400, 'The document is not an in-toto statement.', 'Correct what `at` points to.'],
  'statement/no-subject': [400, 'The statement names no subject.', 'Name the image by its digest.'],
  'statement/subject-without-digest': [400, 'A subject has no digest.', 'Name the image by its digest.'],
  'statement/too-large': [
    413,
    'The document is too large.',
    'Keep large evidence in an object store and attest its digest.',
  ],
  'statement/too-many-subjects': [
    422,
    'The statement names more subjects than an entry can be filed under.',
    'Split it; the bound is 64.',
  ],
  'statement/unrecognised-document': [
    422,
    'It is not recognised what the document is.',
    'Submit `{subject, repository, stage, predicateType, predicate}` with a known type.',
  ],
  'statement/unsupported-payload-type': [
    422,
    'The envelope holds something else than an in-toto statement.',
    'Wrap a statement.',
  ],
  'statement/unsupported-version': [
    422,
    'The statement is of a version that is not read.',
    'Write in-toto Statement v1.',
  ],
} as const satisfies Readonly<Record<StatementFaultCode, FaultRow>>;
