import type { Requirement } from '../evaluated.ts';

/** Each stage of the contract: something was attested, and whatever is looked at meets it. */
export const requireStages: Requirement = (_, stages) =>
  [...stages].map(([stage, { looked, unmet }]) => {
    const seq = unmet === undefined ? looked.at(-1)?.seq : unmet.seq;
    return {
      stage,
      ...(unmet === undefined ? {} : { reason: unmet.reason }),
      ...(seq === undefined ? {} : { seq }),
    };
  });
