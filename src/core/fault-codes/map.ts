/** Fault codes of the map from lists to their newest entries; docs/spec/faults.md lists every code. */
export const MAP_FAULT_CODES = [
  /** What is shown is not where a search for the key ends. */
  'map/absence-not-shown',
  /** The number of keys that a commitment names is not that of the map. */
  'map/count-differs',
  'map/malformed-page',
  'map/malformed-proof',
  'map/malformed-value',
  /** The database's map is not the one that its newest head commits to. */
  'map/page-differs',
  /** A proof does not connect key and value with the root, or a commitment is not that of the map. */
  'map/root-mismatch',
] as const;
export type MapFaultCode = (typeof MAP_FAULT_CODES)[number];
