import type { MapFaultCode } from '../../core/fault-codes/map.ts';
import type { FaultRow } from './faults.ts';

/** The map from lists to their newest entries, and its proofs. */
export const MAP_FAULTS = {
  'map/absence-not-shown': [422, 'The proof does not show that the key is absent.', 'Treat it as forged.'],
  'map/count-differs': [
    422,
    'The commitment names another number of keys.',
    'Keep the log as it is and raise an alarm.',
  ],
  'map/malformed-page': [503, 'A page of the map in the database is damaged.', 'Operators: run waybill rebuild.'],
  'map/malformed-proof': [422, 'The bytes are not a proof of the map.', 'Use it as it was handed out.'],
  'map/malformed-value': [422, 'The bytes are not a value of the map.', 'Use it as it was handed out.'],
  'map/page-differs': [
    503,
    'The map in the database is not the one that was committed to.',
    'Operators: run waybill audit, then waybill rebuild.',
  ],
  'map/root-mismatch': [422, 'The proof does not lead to the root of the map.', 'Treat it as forged.'],
} as const satisfies Readonly<Record<MapFaultCode, FaultRow>>;
