/** Codes of searches; docs/spec/faults.md lists every code. */
export const SEARCH_FAULT_CODES = ['search/not-searchable', 'search/too-short'] as const;
export type SearchFaultCode = (typeof SEARCH_FAULT_CODES)[number];
