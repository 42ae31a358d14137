import { parseTime } from '../../entry/time.ts';
import { durationMs } from '../duration.ts';
import type { Evaluated } from '../evaluated.ts';
import { BLOCKED, ofStages } from '../of-stages.ts';
import { excludedFrom, excludesPeople, personBehind } from '../people-of.ts';

/**
 * What was first recorded no longer ago than `maxAge` suffices for the stage by itself. Where people are counted these
 * are enough people, otherwise one attestation.
 */
export const requireFreshness = ofStages(
  ({ maxAge }) => maxAge !== undefined,
  ({ wanted, looked }, situation, stages) => {
    const { evaluatedAtMs } = situation;
    if (evaluatedAtMs === undefined) return { reason: 'custody/bad-evaluation-time' };
    const counting = wanted.threshold !== undefined || excludesPeople(wanted);
    const times = counting
      ? newestOfPeople(looked, excludedFrom(wanted, situation, stages).known)
      : looked.map(timeMsOf);
    const decisive = times.toSorted((a, b) => b - a)[(wanted.threshold ?? 1) - 1];
    // Too few people, of whatever age: the checks of people say so.
    if (decisive === undefined) return BLOCKED;
    const untilMs = decisive + durationMs(wanted.maxAge ?? '');
    return evaluatedAtMs <= untilMs ? { untilMs } : { reason: 'contract/stale' };
  },
);

function newestOfPeople(looked: readonly Evaluated[], excluded: ReadonlySet<string>): readonly number[] {
  const newest = new Map<string, number>();
  for (const one of looked) {
    const person = personBehind(one.first);
    if (person === undefined || excluded.has(person)) continue;
    newest.set(person, Math.max(newest.get(person) ?? Number.NEGATIVE_INFINITY, timeMsOf(one)));
  }
  return [...newest.values()];
}

function timeMsOf({ first }: Evaluated): number {
  return parseTime(first.time) ?? Number.NEGATIVE_INFINITY;
}
