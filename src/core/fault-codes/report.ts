/** Codes of custody reports as files: what is wrong with the page or the envelope, never with the evidence in it. */
export const REPORT_FAULT_CODES = [
  'report/different-frame',
  'report/malformed',
  'report/no-evidence',
  /** This installation has not built the program that every page carries. */
  'report/no-program',
  /** The evidence is not what the signed report says that it is about. */
  'report/other-evidence',
  'report/several-evidence-blocks',
  'report/too-large',
  'report/unexpected-content',
  'report/unknown-program',
  /** The evidence gives another verdict than the signed report states. */
  'report/verdict-differs',
] as const;
export type ReportFaultCode = (typeof REPORT_FAULT_CODES)[number];
