import { isAct } from '../dual-control/takes-two.ts';
import { TRUST_KEY } from '../entry/keys.ts';
import type { CheckList } from './check.ts';
import { type Control, shownEntries } from './check-control.ts';
import { type Before, type DualCourse, followDual, judgeDual } from './dual-course.ts';
import type { Material, ProvedEntry } from './material.ts';
import { openStandings } from './trust-state.ts';

/**
 * Checks of every shown entry that takes two people that another known person proposed it, right before it. One that lacks
 * that is as if it had not been written, but for its place in the list. Gives the material without those entries, and
 * without the proposals. In a log that was never set so nothing is checked. Source: docs/spec/dual-control.md §3.
 */
export function checkDualControl(shown: Material, { material, withoutEffect }: Control, checks: CheckList): Material {
  const { lists } = shown;
  const course: DualCourse = { standings: openStandings(shown), trusted: new Set(), isOn: false };
  const before: Before = ({ seq }, key) => {
    const list = lists.get(key);
    return list === undefined ? 'unknown' : list[list.findIndex(({ entry }) => entry.seq === seq) - 1];
  };
  const idle = new Set(withoutEffect);
  for (const proved of shownEntries(shown)) {
    const { seq } = proved.entry;
    if (idle.has(seq)) continue;
    if (!checkEntry(proved, course, before, checks) || !isAct(proved.entry)) idle.add(seq);
    else followDual(proved, course, lists.has(TRUST_KEY));
  }
  if (idle.size === withoutEffect.size) return material;
  const left = [...lists].map(([key, list]) => [key, list.filter(({ entry }) => !idle.has(entry.seq))] as const);
  return { ...material, lists: new Map(left) };
}

/** Whether the entry has effect. */
function checkEntry(proved: ProvedEntry, course: DualCourse, before: Before, checks: CheckList): boolean {
  const { seq, kind } = proved.entry;
  const step = judgeDual(proved, course, before);
  if (step.outcome === 'free') return true;
  const about = { seq, detail: kind };
  if (step.reason === undefined) return checks.pass('dual-control/two-people', about);
  return step.outcome === 'not-run'
    ? checks.notRun('dual-control/two-people', step.reason, about)
    : checks.fail('dual-control/two-people', step.reason, about);
}
