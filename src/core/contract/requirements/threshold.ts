import { ofStages } from '../of-stages.ts';
import { peopleOf } from '../people-of.ts';

/** So many different people first recorded what is looked at. Who is unknown counts for nobody. */
export const requireThreshold = ofStages(
  ({ threshold }) => threshold !== undefined,
  ({ wanted: { threshold = 1 }, looked }) => {
    const { known, unknown } = peopleOf(looked);
    const detail = `${known.size}/${threshold}`;
    if (known.size >= threshold) return { detail };
    return { detail, reason: unknown ? 'contract/person-unknown' : 'contract/too-few-people' };
  },
);
