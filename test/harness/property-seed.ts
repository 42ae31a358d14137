/**
 * Preloaded into every process of a test run: where `TEST_SEED` is set (`.ci/run` sets it), each property of fast-check draws
 * from that seed, so that two runs of one commit try the same inputs and fail or pass alike. Unset, each run draws its own
 * and a failure prints it.
 */
import { configureGlobal } from 'fast-check';

const seed = process.env.TEST_SEED;
if (seed !== undefined) {
  if (!/^\d{1,9}$/.test(seed)) throw new Error(`TEST_SEED is a number of at most nine digits, not ${seed}`);
  configureGlobal({ seed: Number(seed) });
}
