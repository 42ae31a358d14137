import { type CaseInput, caseOutcome } from '../custody/cases/outcome.ts';
import { each, type Runs } from './vector-set.ts';

/** `custody`: evidence with what its reader brings; the verdict, what speaks against it, and until when. */
export const CUSTODY_RUNS: Runs = {
  custody: each((input) => caseOutcome(input as unknown as CaseInput).join('\n')),
};
