import type { ControlSet } from '../control/control-keys.ts';
import type { LogOpened } from '../entry/kinds/log-opened.ts';
import { followTrust, type LogKeys, openedLogKeys, standingOfKey } from '../trust/log-keys.ts';
import type { CheckList } from './check.ts';
import type { ProvedEntry } from './material.ts';
import type { SignedState } from './prove-checkpoint.ts';

/** What is shown of the keys of a log: entry 0, every entry that is included, and the list `trust` where it is whole. */
type Shown = {
  readonly first: ProvedEntry | undefined;
  readonly shown: ReadonlyMap<number, ProvedEntry>;
  readonly list: readonly ProvedEntry[] | undefined;
  /** The control keys that the reader brought. */
  readonly control: ControlSet | undefined;
};

const isRotation = ({ entry }: ProvedEntry): boolean => entry.kind === 'log-key.rotated';

/**
 * Follows the rotations of the log's key from the first entry on, by the control keys where there are any, and holds each checkpoint to them: one of the keys that
 * signed it counts for its size. Gives every key that the log named. Nothing is checked of a log whose key was never
 * rotated. Source: docs/spec/log-keys.md section 4.
 */
export function checkLogKeys(
  { first, shown, list, control }: Shown,
  states: readonly SignedState[],
  checks: CheckList,
): ReadonlySet<string> {
  if (first?.entry.kind !== 'log.opened') return new Set();
  const opened = openedLogKeys(first.entry.body as LogOpened, control);
  if (![...shown.values()].some(isRotation)) return new Set(opened.inForce);
  if (list === undefined) {
    // Where a rotation may be hidden, none is known to be the last.
    for (const { checkpoint } of states)
      checks.notRun('checkpoint/log-key', 'custody/blocked', { detail: String(checkpoint.size) });
    return new Set(opened.inForce);
  }
  const keys = list.reduce((before, proved) => follow(before, proved, checks), opened);
  for (const state of states) checkKeyOf(state, keys, checks);
  return new Set([...keys.inForce, ...keys.retired.keys()]);
}

/** A rotation that does not hold has no effect: the keys before stay in force. */
function follow(before: LogKeys, proved: ProvedEntry, checks: CheckList): LogKeys {
  const after = followTrust(before, proved.entry);
  const about = { seq: proved.entry.seq };
  if (!isRotation(proved)) return after.ok ? after.value : before;
  if (!after.ok && after.fault.code === 'custody/blocked') checks.notRun('log/rotation', after.fault.code, about);
  else if (after.ok) checks.pass('log/rotation', about);
  else checks.fail('log/rotation', after.fault.code, about);
  return after.ok ? after.value : before;
}

function checkKeyOf({ checkpoint, signedBy }: SignedState, keys: LogKeys, checks: CheckList): void {
  const about = { detail: String(checkpoint.size) };
  const standings = signedBy.map((vkey) => standingOfKey(keys, vkey, checkpoint.size));
  if (standings.includes('counts')) checks.pass('checkpoint/log-key', about);
  else if (standings.includes('retired')) checks.fail('checkpoint/log-key', 'checkpoint/log-key-retired', about);
  else checks.fail('checkpoint/log-key', 'checkpoint/log-key-not-in-log', about);
}
