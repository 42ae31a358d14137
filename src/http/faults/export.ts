import type { ExportFaultCode } from '../../core/fault-codes/export.ts';
import type { FaultRow } from './faults.ts';

/** Exports of a period. */
export const EXPORT_FAULTS = {
  'export/counts-differ': [
    422,
    'The export states another number of entries than it holds.',
    'Take the export again; nothing rests on this one.',
  ],
  'export/document-not-needed': [
    422,
    'A document stands beside an entry that shows none.',
    'Take the export again; nothing rests on this one.',
  ],
  'export/file-differs': [
    422,
    'A file of the export is not what follows from the entries that were proved.',
    'Go by the entries, which hold by themselves, and take the export again. Find out who changed the file.',
  ],
  'export/file-missing': [422, 'A file that the export is made of is not there.', 'Take the export again.'],
  'export/malformed': [422, 'The bytes are not the export of a period.', 'Use it as it was handed out.'],
  'export/not-ended': [
    422,
    'The end of the export is missing.',
    'Ask for the rest: the same question, with the seq of the last entry as after.',
  ],
  'export/sample-differs': [
    422,
    'A file of the sample is about something else than what was drawn.',
    'Keep the export, and take it again.',
  ],
} as const satisfies Readonly<Record<ExportFaultCode, FaultRow>>;
