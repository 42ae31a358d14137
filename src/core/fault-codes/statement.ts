/** Fault codes of the statement area; docs/spec/faults.md lists every code. */
export const STATEMENT_FAULT_CODES = [
  'statement/doctype-not-allowed',
  'statement/malformed-digest',
  'statement/malformed-placement',
  'statement/malformed-statement',
  'statement/no-subject',
  'statement/subject-without-digest',
  'statement/too-large',
  'statement/too-many-subjects',
  'statement/unrecognised-document',
  'statement/unsupported-payload-type',
  'statement/unsupported-version',
] as const;
export type StatementFaultCode = (typeof STATEMENT_FAULT_CODES)[number];
