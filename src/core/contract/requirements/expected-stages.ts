import type { Requirement } from '../evaluated.ts';
import { decisiveRun } from '../evaluated-run.ts';
import { BLOCKED } from '../of-stages.ts';

/** Where the contract asks for a run, each stage that was asked for when it was opened has an attestation that counts. */
export const requireExpectedStages: Requirement = ({ contract, runs, attestations }) => {
  if (contract.runs?.required !== true) return [];
  const run = decisiveRun(runs);
  if (run === undefined) return [BLOCKED];
  const attested = new Set(attestations.map(({ stage }) => stage));
  const missing = run.stages.filter((stage) => !attested.has(stage));
  if (missing.length === 0) return [{}];
  return missing.map((stage) => ({ stage, reason: 'contract/expected-stage-missing' as const }));
};
