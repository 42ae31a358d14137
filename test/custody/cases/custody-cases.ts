import type { CustodyCase } from './custody-case.ts';
import { REVOCATIONS } from './revocations.ts';
import { RUNS_AND_RELEASES } from './runs-and-releases.ts';
import { SEVERAL_CONTRACTS } from './several-contracts.ts';
import { WAIVER_SCOPE } from './waiver-scope.ts';

/** Every case of a whole image, by what it is about. */
export const CUSTODY_CASES: Readonly<Record<string, readonly CustodyCase[]>> = {
  'several contracts at once': SEVERAL_CONTRACTS,
  'scope of a waiver': WAIVER_SCOPE,
  'revoked before and after': REVOCATIONS,
  'runs, promotion and releases': RUNS_AND_RELEASES,
};
