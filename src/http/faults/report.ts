import type { ReportFaultCode } from '../../core/fault-codes/report.ts';
import type { FaultRow } from './faults.ts';

/** Custody reports as files. */
export const REPORT_FAULTS = {
  'report/different-frame': [
    422,
    'The report’s frame is not that of any release.',
    'Verify the evidence alone; do not trust what the page shows.',
  ],
  'report/malformed': [400, 'The file is not a custody report.', 'Save it again, whole.'],
  'report/no-evidence': [400, 'The file holds no evidence.', 'Save it again, whole.'],
  'report/no-program': [
    503,
    'This installation was never built, and has no program to put into a report.',
    'Ask for `format=json` or the evidence; whoever runs the service runs `npm run build`.',
  ],
  'report/other-evidence': [
    422,
    'The evidence is not that which the signed report is about.',
    'Take the evidence with the SHA-256 that the report names.',
  ],
  'report/several-evidence-blocks': [
    422,
    'The file holds several pieces of evidence.',
    'Do not trust the page; ask for a new report.',
  ],
  'report/too-large': [
    422,
    'As signed JSON the report would be larger than 32 MiB.',
    'Take the page, or the evidence alone.',
  ],
  'report/unexpected-content': [
    422,
    'The file holds something that no report holds.',
    'Do not trust the page; ask for a new report.',
  ],
  'report/unknown-program': [
    422,
    'The program in the page is not that of any release.',
    'Verify the file with a program that did not come with it.',
  ],
  'report/verdict-differs': [
    422,
    'The evidence gives another verdict than the signed report states.',
    'Go by the evidence and find out why: another version or trust file judges otherwise, or the service does not say what it found.',
  ],
} as const satisfies Readonly<Record<ReportFaultCode, FaultRow>>;
