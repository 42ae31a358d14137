import type { ReplayFinding } from '../entry/replay.ts';
import type { Fault, FaultCode } from '../fault.ts';
import type { MonitorFaultCode } from '../fault-codes/monitor.ts';

/** What a monitor raises an alarm for. */
export type AlarmCode = Exclude<MonitorFaultCode, 'monitor/malformed-state'>;

/**
 * Every alarm, the gravest first, and whether it convicts: after such a one the monitor vouches for nothing of this log
 * until somebody has looked. The others may pass, and then it goes on.
 */
export const ALARMS: Readonly<Record<AlarmCode, { readonly convicts: boolean }>> = {
  'monitor/forked': { convicts: true },
  'monitor/clock-back': { convicts: true },
  'monitor/not-replayable': { convicts: true },
  'monitor/map-false': { convicts: true },
  'monitor/rewritten': { convicts: true },
  'monitor/rolled-back': { convicts: false },
  'monitor/other-key': { convicts: false },
  'monitor/truncated': { convicts: false },
  'monitor/withheld': { convicts: false },
  'monitor/malformed-answer': { convicts: false },
  'monitor/halted': { convicts: false },
  'monitor/clock-ahead': { convicts: false },
  'monitor/stale': { convicts: false },
  'monitor/refused': { convicts: false },
  'monitor/unreachable': { convicts: false },
};

/** One alarm: its code, a sentence, and the fault that it rests on where there is one. */
export type Alarm = { readonly code: AlarmCode; readonly message: string; readonly cause?: FaultCode };

/** A value, or the alarm that stands in its way. */
export type Judged<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly alarm: Alarm };

/** Nothing stands in its way. */
export function pass<T>(value: T): Judged<T> {
  return { ok: true, value };
}

export function raise(alarm: Alarm): { readonly ok: false; readonly alarm: Alarm } {
  return { ok: false, alarm };
}

/** An alarm over a fault of core; its code and sentence stay with it. */
export function alarmOver(code: AlarmCode, message: string, fault: Fault): Alarm {
  return { code, message: `${message} ${fault.message}`, cause: fault.code };
}

/** The alarm that a finding of the replay is worth, once the entry is known to be what the log signed. */
export function alarmOfFinding({ code, seq, message }: ReplayFinding): Alarm {
  return { code: alarmCodeOf(code), message: `Entry ${seq}: ${message}`, cause: code };
}

function alarmCodeOf(code: FaultCode): AlarmCode {
  if (code === 'entry/time-backwards') return 'monitor/clock-back';
  return code.startsWith('map/') ? 'monitor/map-false' : 'monitor/not-replayable';
}

/** The gravest of some alarms; undefined of none. */
export function gravest<A extends { readonly code: AlarmCode }>(alarms: readonly A[]): A | undefined {
  const order = Object.keys(ALARMS);
  return alarms.toSorted((a, b) => order.indexOf(a.code) - order.indexOf(b.code))[0];
}
