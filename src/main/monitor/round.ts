import type { Checkpoint } from '../../core/checkpoint/checkpoint.ts';
import type { Alarm, AlarmCode } from '../../core/monitor/alarm.ts';
import type { Settled, StandingAlarm } from '../../core/monitor/standing.ts';

/** What one round found. */
export type Round = Settled & {
  /** What this round found; alarms that stand from before are not among them. */
  readonly alarms: readonly Alarm[];
  /** The checkpoint that is caught up with: one of this log's, which continues all that was seen before. */
  readonly shown?: Checkpoint;
  readonly replayed: number;
  readonly lists: number;
  /** Whether everything under the checkpoint was replayed and nothing spoke against it. */
  readonly isClean: boolean;
  /** Whether there is more to replay under the checkpoint, and nothing in the way: the next round goes on at once. */
  readonly goesOn: boolean;
  /** The note with this monitor's signature, where it vouched for it. */
  readonly cosigned?: string;
};

/** What is judged once everything under a checkpoint is replayed, and not before. */
const JUDGED_AT_THE_END: ReadonlySet<AlarmCode> = new Set(['monitor/stale', 'monitor/clock-ahead']);

/** Of the alarms that stood before a round that did not come to the end, those that it says nothing of. */
export function stillUnjudged(before: readonly StandingAlarm[], advanced: boolean): readonly StandingAlarm[] {
  return advanced ? before.filter(({ code }) => JUDGED_AT_THE_END.has(code)) : before;
}

/** Rounds that go on where the one before ended, as one: everything that was found, and where it ended. */
export function joinRounds(earlier: Round, later: Round): Round {
  const found = earlier.alarms.filter(({ code }) => !later.alarms.some((alarm) => alarm.code === code));
  const alarms = [...found, ...later.alarms];
  return {
    ...later,
    alarms,
    raised: [...earlier.raised, ...later.raised],
    cleared: [...earlier.cleared, ...later.cleared],
    isClean: later.isClean && alarms.length === 0,
  };
}
