import { CHECKPOINT_RUNS } from './entry-checkpoint.ts';
import { CONTRACT_RUNS } from './entry-contract.ts';
import { CONTROL_RUNS } from './entry-control.ts';
import { CRYPTO_RUNS } from './entry-crypto.ts';
import { CUSTODY_RUNS } from './entry-custody.ts';
import { DSSE_RUNS } from './entry-dsse.ts';
import { ENCODING_RUNS } from './entry-encoding.ts';
import { FACTS_RUNS } from './entry-facts.ts';
import { MAP_RUNS } from './entry-map.ts';
import { MERKLE_RUNS } from './entry-merkle.ts';
import type { Runs } from './vector-set.ts';

/*
 * What is bundled and run in every place that core claims to run in. An area joins with a file `entry-<area>.ts` that
 * exports its runs, a line here, and its vectors in vector-sets.ts.
 */
const RUNS: Runs = {
  ...CRYPTO_RUNS,
  ...ENCODING_RUNS,
  ...DSSE_RUNS,
  ...MERKLE_RUNS,
  ...MAP_RUNS,
  ...CHECKPOINT_RUNS,
  ...CONTRACT_RUNS,
  ...CONTROL_RUNS,
  ...CUSTODY_RUNS,
  ...FACTS_RUNS,
};

/** Names of all runs, sorted. */
export function runNames(): readonly string[] {
  return Object.keys(RUNS).sort();
}

/** Outcomes of one set as JSON text, from its vectors as JSON text: text crosses every boundary unchanged. */
export function run(name: string, vectors: string): string {
  const found = RUNS[name];
  if (found === undefined) throw new Error(`no run is named ${name}`);
  return JSON.stringify(found(JSON.parse(vectors)));
}
