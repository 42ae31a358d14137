import { readControlSet, type SetInForce, sameControlSet } from '../control/control-keys.ts';
import { TRUST_KEY } from '../entry/keys.ts';
import type { LogOpened } from '../entry/kinds/log-opened.ts';
import { ok } from '../fault.ts';
import type { CheckList } from './check.ts';
import { type ControlCourse, followControl } from './control-course.ts';
import type { Material, ProvedEntry } from './material.ts';
import type { TrustFile } from './trust-file.ts';

/** What the agreement of control keys makes of the material. */
export type Control = {
  /** The material without the entries that have no effect, since they lack an agreement that they take. */
  readonly material: Material;
  /** Seqs of those entries. */
  readonly withoutEffect: ReadonlySet<number>;
  /** Whether reader or log name control keys, whichever they are. */
  readonly isControlled: boolean;
  /** The reader brought the control keys, and every change of trust that is shown carries their agreement. */
  readonly signed: boolean;
};

/**
 * Checks the control keys of the log against the reader's, and every shown entry that takes their agreement or carries
 * one. What lacks an agreement that it takes is as if it had not been written, but for its place in the list.
 * Without control keys, and without an entry that carries an envelope, nothing is checked. Source: docs/spec/control.md §5.
 */
export function checkControl(material: Material, trust: TrustFile | undefined, checks: CheckList): Control {
  const first = checkKeys(material, trust, checks);
  const course: ControlCourse = { set: first.set, trusted: new Set() };
  const withoutEffect = new Set<number>();
  for (const proved of shownEntries(material)) {
    if (!checkEntry(proved, course, checks)) withoutEffect.add(proved.entry.seq);
  }
  const lists = [...material.lists].map(
    ([key, list]) => [key, list.filter(({ entry }) => !withoutEffect.has(entry.seq))] as const,
  );
  return {
    material: withoutEffect.size === 0 ? material : { ...material, lists: new Map(lists) },
    withoutEffect,
    isControlled: first.set !== 'none',
    // Under keys that are not known to be in force nothing is shown to be agreed to.
    signed: first.confirmed && first.set !== undefined && checks.passed('control/envelope'),
  };
}

/**
 * The set that the log was opened with: the reader's where there is one, so that nothing under other keys has any effect.
 * `confirmed` where the log names the very set that the reader brought.
 */
function checkKeys(
  { entries, lists }: Material,
  trust: TrustFile | undefined,
  checks: CheckList,
): { readonly set: SetInForce; readonly confirmed: boolean } {
  const first = entries.get(0)?.entry;
  const named = first?.kind === 'log.opened' ? readControlSet(first.body as LogOpened) : ok(undefined);
  const trusted = trust?.control;
  if (trusted === undefined && named.ok && named.value === undefined) return { set: 'none', confirmed: false };
  const confirmed = trusted !== undefined && named.ok && sameControlSet(trusted, named.value);
  if (first?.kind !== 'log.opened') checks.notRun('control/keys', 'custody/blocked');
  else if (!named.ok) checks.fail('control/keys', named.fault.code);
  else if (trusted === undefined) checks.notRun('control/keys', 'control/keys-not-confirmed');
  else if (confirmed) checks.pass('control/keys');
  else checks.fail('control/keys', 'control/keys-differ');
  // Where a change of the set may be hidden, none is known to be in force.
  const isKnown = lists.has(TRUST_KEY) && (trusted !== undefined || named.ok);
  return { set: isKnown ? (trusted ?? (named.ok ? named.value : undefined)) : undefined, confirmed };
}

/** The entries of the lists that hold together, each once, in the ledger's order. */
export function shownEntries({ lists }: Material): readonly ProvedEntry[] {
  const entries = new Map([...lists.values()].flat().map((proved) => [proved.entry.seq, proved]));
  return [...entries.values()].sort((a, b) => a.entry.seq - b.entry.seq);
}

/** Whether the entry has effect. */
function checkEntry(proved: ProvedEntry, course: ControlCourse, checks: CheckList): boolean {
  const { entry } = proved;
  const about = { seq: entry.seq, detail: entry.kind };
  const step = followControl(proved, course);
  if (step.outcome === 'free') return true;
  if (step.reason === undefined) return checks.pass('control/envelope', about);
  if (step.outcome === 'not-run') return checks.notRun('control/envelope', step.reason, about);
  checks.fail('control/envelope', step.reason, about);
  return step.reason === 'control/not-needed';
}
