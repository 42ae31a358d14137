import { dualKeyOf, isAct, takesTwo } from '../dual-control/takes-two.ts';
import { equalBytes } from '../encoding/bytes.ts';
import type { Entry } from '../entry/entry.ts';
import { TRUST_KEY } from '../entry/keys.ts';
import type { SettingsChanged } from '../entry/kinds/settings-changed.ts';
import type { FaultCode } from '../fault.ts';
import { CHANGE_MEDIA_TYPE, formatChange } from '../trust/change-document.ts';
import type { CheckList } from './check.ts';
import { type Control, shownEntries } from './check-control.ts';
import { noteTrusted, principalOf } from './control-course.ts';
import type { Material, ProvedEntry } from './material.ts';
import { addStanding, faultOfWriter, grantOf, openStandings, type Standings } from './trust-state.ts';

/** What is known while entries are followed in the ledger's order. */
type Course = {
  readonly lists: Material['lists'];
  readonly standings: Standings;
  /** Principals whose grant is one of trust, by the entries that have effect. */
  readonly trusted: Set<string>;
  isOn: boolean;
};

/**
 * Checks of every shown entry that takes two people that another known person proposed it, right before it. One that lacks
 * that is as if it had not been written, but for its place in the list. Gives the material without those entries, and
 * without the proposals. In a log that was never set so nothing is checked. Source: docs/spec/dual-control.md §3.
 */
export function checkDualControl(shown: Material, { material, withoutEffect }: Control, checks: CheckList): Material {
  const { lists } = shown;
  const course: Course = { lists, standings: openStandings(shown), trusted: new Set(), isOn: false };
  const idle = new Set(withoutEffect);
  for (const proved of shownEntries(shown)) {
    const { seq } = proved.entry;
    if (idle.has(seq)) continue;
    if (!checkEntry(proved, course, checks) || !isAct(proved.entry)) idle.add(seq);
    else follow(proved, course);
  }
  if (idle.size === withoutEffect.size) return material;
  const left = [...lists].map(([key, list]) => [key, list.filter(({ entry }) => !idle.has(entry.seq))] as const);
  return { ...material, lists: new Map(left) };
}

/** Whether the entry has effect. */
function checkEntry(proved: ProvedEntry, course: Course, checks: CheckList): boolean {
  const { entry, payload } = proved;
  const before = course.trusted.has(principalOf(entry) ?? '');
  const takes = takesTwo(entry, payload, { isOn: course.isOn, before });
  if (takes === false) return true;
  const about = { seq: entry.seq, detail: entry.kind };
  const reason = takes === undefined ? 'payload/absent' : faultOf(proved, course);
  if (reason === undefined) return checks.pass('dual-control/two-people', about);
  return reason === 'payload/absent' || reason === 'custody/blocked'
    ? checks.notRun('dual-control/two-people', reason, about)
    : checks.fail('dual-control/two-people', reason, about);
}

/** Why two people are not behind the entry, or undefined. */
function faultOf({ entry, payload }: ProvedEntry, { lists, standings }: Course): FaultCode | undefined {
  const key = dualKeyOf(
    entry,
    entry.keys.map((link) => link.key),
  );
  const list = lists.get(key ?? '');
  // Where the list does not hold together, what stands before the entry is not known.
  if (list === undefined) return 'custody/blocked';
  const place = list.findIndex((one) => one.entry.seq === entry.seq);
  const proposal = list[place - 1];
  if (proposal?.entry.kind !== 'change.proposed') return 'dual-control/not-proposed';
  if (proposal.payload === undefined) return 'payload/absent';
  if (proposal.entry.payload?.mediaType !== CHANGE_MEDIA_TYPE) return 'payload/media-type-wrong';
  const change = changeOf(entry, payload);
  if (change === undefined) return 'payload/absent';
  if (!equalBytes(change, proposal.payload)) return 'dual-control/other-change';
  // Whoever has left by the time of the second person is none of two.
  const proposer: Entry = { ...proposal.entry, seq: entry.seq };
  const fault =
    faultOfWriter(proposal.entry, standings) ?? faultOfWriter(proposer, standings) ?? faultOfWriter(entry, standings);
  if (fault !== undefined) return fault;
  const second = grantOf(entry, standings)?.person;
  const first = [proposal.entry, proposer].map((one) => grantOf(one, standings)?.person);
  if (second === undefined || first.includes(undefined)) return 'dual-control/person-unknown';
  return first.includes(second) ? 'dual-control/same-person' : undefined;
}

/** The exact change that the entry made; undefined where its payload is not shown. */
function changeOf({ kind, body, payload: reference }: Entry, bytes: Uint8Array | undefined): Uint8Array | undefined {
  if (reference === undefined) return formatChange({ kind, body });
  if (bytes === undefined) return undefined;
  return formatChange({ kind, body, payload: { mediaType: reference.mediaType, bytes } });
}

/** What is otherwise after an entry with effect. */
function follow(proved: ProvedEntry, course: Course): void {
  const { kind, body, keys } = proved.entry;
  noteTrusted(proved, course.trusted);
  addStanding(proved, course.standings);
  const isOfTrust = course.lists.has(TRUST_KEY) && keys.some(({ key }) => key === TRUST_KEY);
  if (kind === 'settings.changed' && isOfTrust) course.isOn = (body as SettingsChanged).dualControl;
}
