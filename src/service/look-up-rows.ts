import type { InboxRows } from './inbox/inbox-rows.ts';
import type { RunRows } from './run-rows.ts';
import type { SearchRows } from './search-rows.ts';

/** What the projections answer of runs, to a search, and of what waits. */
export type LookUpRows = RunRows & SearchRows & InboxRows;
