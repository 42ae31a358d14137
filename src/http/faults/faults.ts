import type { FaultCode } from '../../core/fault.ts';
import { CONTRACT_FAULTS } from './contract.ts';
import { CRYPTO_FAULTS } from './crypto.ts';
import { CUSTODY_FAULTS } from './custody.ts';
import { DATABASE_FAULTS } from './database.ts';
import { DSSE_FAULTS } from './dsse.ts';
import { ENCODING_FAULTS } from './encoding.ts';
import { ENTRY_FAULTS } from './entry.ts';
import { HTTP_FAULTS } from './http.ts';
import { IMAGE_FAULTS } from './image.ts';
import { MERKLE_FAULTS } from './merkle.ts';
import { NOTE_FAULTS } from './note.ts';
import { REPORT_FAULTS } from './report.ts';
import { SERVICE_FAULTS } from './service.ts';
import { STATEMENT_FAULTS } from './statement.ts';

/** Of a fault code: the HTTP status, what the code means, and what whoever meets it can do. Sentences, for people. */
export type FaultRow = readonly [status: number, meaning: string, remedy: string];

/** Every code of every area. A code without a row, and a row without a code, do not compile. */
export const FAULTS: Readonly<Record<FaultCode, FaultRow>> = {
  ...CONTRACT_FAULTS,
  ...CRYPTO_FAULTS,
  ...CUSTODY_FAULTS,
  ...DATABASE_FAULTS,
  ...DSSE_FAULTS,
  ...ENCODING_FAULTS,
  ...ENTRY_FAULTS,
  ...HTTP_FAULTS,
  ...IMAGE_FAULTS,
  ...MERKLE_FAULTS,
  ...NOTE_FAULTS,
  ...REPORT_FAULTS,
  ...SERVICE_FAULTS,
  ...STATEMENT_FAULTS,
};
