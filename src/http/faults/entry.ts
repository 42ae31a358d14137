import type { EntryFaultCode } from '../../core/fault-codes/entry.ts';
import type { FaultRow } from './faults.ts';

/** Entries, payloads and receipts. */
export const ENTRY_FAULTS = {
  'entry/too-large': [422, 'The entry would be larger than the ledger’s format allows.', 'Name fewer subjects.'],
  'entry/not-ascii': [422, 'The entry holds a character that entries may not hold.', 'Treat it as forged.'],
  'entry/malformed': [422, 'The bytes are not an entry.', 'Treat them as forged.'],
  'entry/unsupported-version': [
    422,
    'The entry is of a version that this program does not read.',
    'Use a newer version.',
  ],
  'entry/unknown-kind': [422, 'The entry is of a kind that this program does not know.', 'Use a newer version.'],
  'entry/reserved-kind': [422, 'The kind is reserved and not in force yet.', 'Use a newer version.'],
  'entry/body-malformed': [422, 'The entry’s body is not that of its kind.', 'Treat it as forged.'],
  'entry/field-missing': [422, 'The entry lacks a field of its kind.', 'Treat it as forged.'],
  'entry/field-unexpected': [422, 'The entry has a field that its kind does not have.', 'Treat it as forged.'],
  'entry/keys-wrong': [422, 'The entry is not filed under the keys that follow from it.', 'Treat it as forged.'],
  'entry/wrong-log': [422, 'The entry belongs to another log.', 'Check which log you trust.'],
  'entry/first-has-prev': [422, 'The first entry names one before it.', 'Treat it as forged.'],
  'entry/prev-missing': [422, 'The entry names none before it.', 'Treat it as forged.'],
  'payload/commitment-wrong': [422, 'The payload is not the one that the entry commits to.', 'Treat it as forged.'],
  'payload/size-wrong': [422, 'The payload does not have the size that the entry names.', 'Treat it as forged.'],
  'receipt/malformed': [400, 'The document is not a receipt.', 'Use it as it was handed out.'],
  'receipt/wrong-origin': [422, 'The receipt is of another log.', 'Check which log you trust.'],
  'receipt/not-included': [422, 'The receipt’s checkpoint does not contain its entry.', 'Treat the receipt as forged.'],
  'receipt/wrong-index': [422, 'The receipt names another place than its entry.', 'Treat the receipt as forged.'],
} as const satisfies Readonly<Record<EntryFaultCode, FaultRow>>;
