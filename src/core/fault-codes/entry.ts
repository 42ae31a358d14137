/** Fault codes of entries and receipts; docs/spec/faults.md lists every code. */
export const ENTRY_FAULT_CODES = [
  'entry/too-large',
  'entry/not-ascii',
  'entry/malformed',
  'entry/unsupported-version',
  'entry/unknown-kind',
  'entry/reserved-kind',
  'entry/body-malformed',
  'entry/field-missing',
  'entry/field-unexpected',
  'entry/keys-wrong',
  'entry/wrong-log',
  'entry/first-has-prev',
  'entry/prev-missing',
  'payload/commitment-wrong',
  'payload/size-wrong',
  'receipt/malformed',
  'receipt/wrong-origin',
  'receipt/not-included',
  'receipt/wrong-index',
] as const;
export type EntryFaultCode = (typeof ENTRY_FAULT_CODES)[number];
