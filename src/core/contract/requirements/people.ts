import { BLOCKED, ofStages } from '../of-stages.ts';
import { excludedFrom, excludesPeople, peopleOf } from '../people-of.ts';

/**
 * Enough people of the stage (`threshold`, otherwise one) are none of those that it must be distinct from. Where somebody
 * among those is unknown it fails: it could be anybody.
 */
export const requirePeople = ofStages(excludesPeople, ({ wanted, looked }, situation, stages) => {
  const { threshold, distinctFrom = [] } = wanted;
  const enough = threshold ?? 1;
  const people = peopleOf(looked);
  const unmet = distinctFrom.some((name) => stages.get(name)?.unmet !== undefined);
  if (unmet || (threshold !== undefined && people.known.size < threshold)) return BLOCKED;
  const excluded = excludedFrom(wanted, situation, stages);
  const left = [...people.known].filter((person) => !excluded.known.has(person)).length;
  const detail = `${left}/${enough}`;
  if (!excluded.unknown && left >= enough) return { detail };
  const unknown = excluded.unknown || people.unknown;
  return { detail, reason: unknown ? 'contract/person-unknown' : 'contract/same-person' };
});
