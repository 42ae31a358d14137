import type { ReplayState } from '../entry/replay.ts';
import { parseTime } from '../entry/time.ts';
import type { Alarm } from './alarm.ts';

/** Clocks of a service and of its monitor may differ by so much. */
const CLOCK_MS_APART_MAX = 5 * 60_000;

/**
 * What the time of the newest entry says at `nowMs`, once everything under a checkpoint is replayed: `monitor/stale` where
 * it is older than allowed, unless the log was sealed, since nothing new comes after a seal; `monitor/clock-ahead` where it
 * is of a time that has not come.
 */
export function judgeTime(
  { last, sealed }: Pick<ReplayState, 'last' | 'sealed'>,
  nowMs: number,
  ageSecondsMax: number,
): readonly Alarm[] {
  const time = last === undefined ? undefined : parseTime(last.time);
  if (last === undefined || time === undefined) return [];
  const age = nowMs - time;
  if (age > ageSecondsMax * 1000 && sealed === 'no') {
    const message = `The newest entry is of ${last.time}, over ${ageSecondsMax} s ago.`;
    return [{ code: 'monitor/stale', message }];
  }
  if (age >= -CLOCK_MS_APART_MAX) return [];
  return [{ code: 'monitor/clock-ahead', message: `The newest entry is of ${last.time}, which has not come.` }];
}
