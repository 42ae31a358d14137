import { runDsseVectors } from '../dsse/vector-runs.ts';
import type { Runs } from './vector-set.ts';

/** The example that DSSE publishes; it holds its own input. */
export const DSSE_RUNS: Runs = { dsse: () => runDsseVectors() };
