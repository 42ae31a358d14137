import type { FaultCode } from '../../core/fault.ts';
import { COMPLETENESS_FAULTS } from './completeness.ts';
import { CONTRACT_FAULTS } from './contract.ts';
import { CONTROL_FAULTS } from './control.ts';
import { CRYPTO_FAULTS } from './crypto.ts';
import { CUSTODY_FAULTS } from './custody.ts';
import { DATABASE_FAULTS } from './database.ts';
import { DSSE_FAULTS } from './dsse.ts';
import { DUAL_CONTROL_FAULTS } from './dual-control.ts';
import { ENCODING_FAULTS } from './encoding.ts';
import { ENTRY_FAULTS } from './entry.ts';
import { EXPORT_FAULTS } from './export.ts';
import { FACTS_FAULTS } from './facts.ts';
import { HTTP_FAULTS } from './http.ts';
import { IMAGE_FAULTS } from './image.ts';
import { LOG_KEY_FAULTS } from './log-key.ts';
import { MAP_FAULTS } from './map.ts';
import { MERKLE_FAULTS } from './merkle.ts';
import { MONITOR_FAULTS } from './monitor.ts';
import { NOTE_FAULTS } from './note.ts';
import { PERIOD_FAULTS } from './period.ts';
import { RELEASE_FAULTS } from './release.ts';
import { REPORT_FAULTS } from './report.ts';
import { RUN_FAULTS } from './run.ts';
import { SEARCH_FAULTS } from './search.ts';
import { SERVICE_FAULTS } from './service.ts';
import { SESSION_FAULTS } from './session.ts';
import { SIGNER_FAULTS } from './signer.ts';
import { STATEMENT_FAULTS } from './statement.ts';
import { WAIVER_FAULTS } from './waiver.ts';
import { WEBHOOK_FAULTS } from './webhook.ts';

/** Of a fault code: the HTTP status, what the code means, and what whoever meets it can do. Sentences, for people. */
export type FaultRow = readonly [status: number, meaning: string, remedy: string];

/** Every code of every area. A code without a row, and a row without a code, do not compile. */
export const FAULTS: Readonly<Record<FaultCode, FaultRow>> = {
  ...COMPLETENESS_FAULTS,
  ...CONTRACT_FAULTS,
  ...CONTROL_FAULTS,
  ...CRYPTO_FAULTS,
  ...CUSTODY_FAULTS,
  ...DATABASE_FAULTS,
  ...DSSE_FAULTS,
  ...DUAL_CONTROL_FAULTS,
  ...ENCODING_FAULTS,
  ...ENTRY_FAULTS,
  ...EXPORT_FAULTS,
  ...FACTS_FAULTS,
  ...HTTP_FAULTS,
  ...IMAGE_FAULTS,
  ...LOG_KEY_FAULTS,
  ...MAP_FAULTS,
  ...MERKLE_FAULTS,
  ...MONITOR_FAULTS,
  ...NOTE_FAULTS,
  ...PERIOD_FAULTS,
  ...RELEASE_FAULTS,
  ...REPORT_FAULTS,
  ...RUN_FAULTS,
  ...SEARCH_FAULTS,
  ...SERVICE_FAULTS,
  ...SESSION_FAULTS,
  ...SIGNER_FAULTS,
  ...STATEMENT_FAULTS,
  ...WAIVER_FAULTS,
  ...WEBHOOK_FAULTS,
};
