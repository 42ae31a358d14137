import type { ContractStage } from './contract.ts';
import type { Finding, LookedStage, LookedStages, Requirement, Situation } from './evaluated.ts';

/** One finding about a stage that is met; the stage is named for it. */
export type JudgeStage = (stage: LookedStage, situation: Situation, stages: LookedStages) => Omit<Finding, 'stage'>;

/** The finding where something that it rests on was not met: nothing was decided. */
export const BLOCKED = { reason: 'custody/blocked' } as const;

/** A requirement that is judged once for each stage that asks for it, and not at all for one that is not met itself. */
export function ofStages(asks: (wanted: ContractStage) => boolean, judge: JudgeStage): Requirement {
  return (situation, stages) =>
    [...stages].flatMap(([stage, looked]): readonly Finding[] => {
      if (!asks(looked.wanted)) return [];
      const finding = looked.unmet === undefined ? judge(looked, situation, stages) : BLOCKED;
      return [{ ...finding, stage }];
    });
}
