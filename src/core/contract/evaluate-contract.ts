import type { Finding, Requirement, Situation } from './evaluated.ts';
import { lookAtStages } from './look-at-stages.ts';
import { requireAttempts } from './requirements/attempts.ts';
import { requireExpectedStages } from './requirements/expected-stages.ts';
import { requireFreshness } from './requirements/freshness.ts';
import { requireLimits } from './requirements/limits.ts';
import { requireOrder } from './requirements/order.ts';
import { requirePeople } from './requirements/people.ts';
import { requireRules } from './requirements/rule.ts';
import { requireRun } from './requirements/run.ts';
import { requireSignature } from './requirements/signature.ts';
import { requireStages } from './requirements/stage.ts';
import { requireThreshold } from './requirements/threshold.ts';

/** Every kind of requirement, by the name of its check, in the order in which checks are listed. */
export const REQUIREMENTS = {
  signature: requireSignature,
  stage: requireStages,
  order: requireOrder,
  threshold: requireThreshold,
  people: requirePeople,
  freshness: requireFreshness,
  limits: requireLimits,
  rule: requireRules,
  run: requireRun,
  'expected-stages': requireExpectedStages,
  attempts: requireAttempts,
} as const satisfies Readonly<Record<string, Requirement>>;

export type RequirementName = keyof typeof REQUIREMENTS;

/**
 * Everything that the contract asks for, each with a reason where it is not met. Never empty: a signature is always
 * asked for. Source: docs/spec/contract.md §3.
 */
export function evaluateContract(
  situation: Situation,
): readonly (Finding & { readonly requirement: RequirementName })[] {
  const stages = lookAtStages(situation);
  return (Object.keys(REQUIREMENTS) as RequirementName[]).flatMap((requirement) =>
    REQUIREMENTS[requirement](situation, stages).map((finding) => ({ ...finding, requirement })),
  );
}
