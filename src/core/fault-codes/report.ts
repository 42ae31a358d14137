/** Codes of custody reports as pages: what is wrong with the page, never with the evidence in it. */
export const REPORT_FAULT_CODES = [
  'report/different-frame',
  'report/malformed',
  'report/no-evidence',
  /** This installation has not built the program that every page carries. */
  'report/no-program',
  'report/several-evidence-blocks',
  'report/unexpected-content',
  'report/unknown-program',
] as const;
export type ReportFaultCode = (typeof REPORT_FAULT_CODES)[number];
