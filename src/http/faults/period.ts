import type { PeriodFaultCode } from '../../core/fault-codes/period.ts';
import type { FaultRow } from './faults.ts';

/** Proofs about all entries of a period. */
export const PERIOD_FAULTS = {
  'period/earlier-misplaced': [
    422,
    'The earlier checkpoint covers entries of the period.',
    'Ask for the proof again; nothing rests on this one.',
  ],
  'period/entry-outside': [
    422,
    'An entry that is shown as one of the period lies outside it.',
    'Ask for the proof again; nothing rests on this one.',
  ],
  'period/hash-wrong': [422, 'The proof was changed after it was written.', 'Use it as it was handed out.'],
  'period/malformed': [422, 'The bytes are not the proof of a period.', 'Use it as it was handed out.'],
  'period/neighbour-inside': [
    422,
    'The entry beside the period belongs into it: the proof leaves out what it should show.',
    'Keep the proof, and ask for it again.',
  ],
  'period/neighbour-missing': [
    422,
    'The entry beside the period is not shown, so that nothing says that the period begins or ends there.',
    'Ask for the proof again; nothing rests on this one.',
  ],
  'period/not-consistent': [
    422,
    'The earlier checkpoint is not the beginning of the later one.',
    'Keep the proof: it shows two checkpoints that the log signed. Raise an alarm where the path is not merely damaged.',
  ],
  'period/not-contiguous': [422, 'The entries do not follow each other.', 'Keep the proof, and ask for it again.'],
  'period/not-included': [
    422,
    'The entries are not those that the checkpoint covers.',
    'Treat it as forged, and ask for the proof again.',
  ],
  'period/too-large': [
    413,
    'The period holds more than one answer does.',
    'Ask for it in parts, by seq: the message says which entries it holds.',
  ],
  'period/wrong-log': [
    422,
    'Entries and checkpoints are not of one log, or another key signed them than the proof names.',
    'Compare the log key with the one that you know.',
  ],
} as const satisfies Readonly<Record<PeriodFaultCode, FaultRow>>;
