import type { SearchFaultCode } from '../../core/fault-codes/search.ts';
import type { FaultRow } from './faults.ts';

/** Searches: what nothing in the ledger can be called, and what too much would be. */
export const SEARCH_FAULTS = {
  'search/not-searchable': [
    422,
    'Nothing in the ledger is called like this.',
    'Search by a digest, a commit, the id of a run, waiver or signer, or a name of a repository or contract.',
  ],
  'search/too-short': [
    422,
    'Too much would begin with this.',
    'Give at least four hex digits of a digest or commit, or two characters of a name.',
  ],
} as const satisfies Readonly<Record<SearchFaultCode, FaultRow>>;
