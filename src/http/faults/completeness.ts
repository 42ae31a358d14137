import type { CompletenessFaultCode } from '../../core/fault-codes/completeness.ts';
import type { FaultRow } from './faults.ts';

/** Proofs that a list is whole, or that it has no entry. */
export const COMPLETENESS_FAULTS = {
  'completeness/hash-wrong': [
    422,
    'The proof does not have the hash that it ends with.',
    'The file was changed or cut; fetch it again.',
  ],
  'completeness/malformed': [
    400,
    'The document does not have the form of a completeness proof.',
    'Fetch it again, and do not edit or re-format it.',
  ],
  'completeness/too-many-entries': [
    422,
    'The list has more entries than one proof holds.',
    'Take the entries page by page; the bound is 2,000.',
  ],
} as const satisfies Readonly<Record<CompletenessFaultCode, FaultRow>>;
