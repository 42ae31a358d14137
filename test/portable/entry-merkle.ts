import type { Json } from '../../src/core/encoding/json.ts';
import {
  type ConsistencyVector,
  type InclusionVector,
  runConsistencyVectors,
  runInclusionVectors,
} from '../merkle/vector-runs.ts';
import type { Runs } from './vector-set.ts';

/** The published inclusion and consistency proofs, each a list of the files' values. */
export const MERKLE_RUNS: Runs = {
  inclusion: (vectors) => runInclusionVectors(vectors as readonly Json[] as readonly InclusionVector[]),
  consistency: (vectors) => runConsistencyVectors(vectors as readonly Json[] as readonly ConsistencyVector[]),
};
