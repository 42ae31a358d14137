/** Fault codes of exports of a period, beside those of proofs about one; docs/spec/faults.md lists every code. */
export const EXPORT_FAULT_CODES = [
  /** The export says another number of entries than it holds. */
  'export/counts-differ',
  /** A document stands beside an entry that shows none. */
  'export/document-not-needed',
  /** A file of the export is not what follows from the proved entries. */
  'export/file-differs',
  'export/file-missing',
  'export/malformed',
  /** The end of the export is missing. */
  'export/not-ended',
  /** What was drawn for the sample is shown by a file about something else. */
  'export/sample-differs',
] as const;
export type ExportFaultCode = (typeof EXPORT_FAULT_CODES)[number];
