import { ALARMS, type Alarm, type AlarmCode } from './alarm.ts';

/** An alarm that stands: since when (RFC 3339), and whether everybody who is to hear of it has. */
export type StandingAlarm = Alarm & { readonly since: string; readonly told: boolean };

export type Settled = {
  readonly standing: readonly StandingAlarm[];
  /** Those that did not stand before. */
  readonly raised: readonly StandingAlarm[];
  /** Those that stand no longer. */
  readonly cleared: readonly StandingAlarm[];
};

/**
 * What stands after a round that ended with `alarms`. One that stood before keeps its beginning, so that nobody hears of
 * it at every round. One that convicts stands until it is acknowledged, whatever later rounds show.
 */
export function settleAlarms(before: readonly StandingAlarm[], alarms: readonly Alarm[], now: string): Settled {
  const standing = new Map<AlarmCode, StandingAlarm>();
  const raised: StandingAlarm[] = [];
  for (const alarm of before) if (ALARMS[alarm.code].convicts) standing.set(alarm.code, alarm);
  for (const alarm of alarms) {
    if (standing.has(alarm.code)) continue;
    const known = before.find(({ code }) => code === alarm.code);
    const settled = known ?? { ...alarm, since: now, told: false };
    standing.set(alarm.code, settled);
    if (known === undefined) raised.push(settled);
  }
  const cleared = before.filter(({ code }) => !standing.has(code));
  return { standing: [...standing.values()], raised, cleared };
}

/** The alarm that convicts the log, where one stands. */
export function convicting(standing: readonly StandingAlarm[]): StandingAlarm | undefined {
  return standing.find(({ code }) => ALARMS[code].convicts);
}
