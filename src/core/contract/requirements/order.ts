import type { LookedStage } from '../evaluated.ts';
import { ofStages } from '../of-stages.ts';

/**
 * Every attestation that counts for a stage was first recorded after one that counts for each stage that it follows. What was
 * recorded of another stage before does not put that one earlier.
 */
export const requireOrder = ofStages(
  ({ after }) => after !== undefined,
  ({ wanted, looked }, _, stages) => {
    const own = firstSeqOf(looked);
    // A stage that is not met has no place in the order: what comes after it is too early.
    const early = wanted.after?.some((name) => (placeOf(stages.get(name)) ?? own) >= own) ?? false;
    return early ? { reason: 'contract/stage-too-early' } : {};
  },
);

function placeOf(stage: LookedStage | undefined): number | undefined {
  if (stage === undefined || stage.unmet !== undefined) return undefined;
  return stage.looked.reduce((least, { first }) => Math.min(least, first.filing.seq), Number.POSITIVE_INFINITY);
}

function firstSeqOf(looked: LookedStage['looked']): number {
  return looked.reduce((least, { first }) => Math.min(least, first.seq), Number.POSITIVE_INFINITY);
}
