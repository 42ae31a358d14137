import { dualKeyOf, takesTwo } from '../dual-control/takes-two.ts';
import { equalBytes } from '../encoding/bytes.ts';
import type { Entry } from '../entry/entry.ts';
import { TRUST_KEY } from '../entry/keys.ts';
import type { SettingsChanged } from '../entry/kinds/settings-changed.ts';
import type { FaultCode } from '../fault.ts';
import { CHANGE_MEDIA_TYPE, formatChange } from '../trust/change-document.ts';
import { noteTrusted, principalOf, type Shown } from './control-course.ts';
import { addStanding, faultOfWriter, grantOf, type Standings } from './trust-state.ts';

/** What is known while entries are followed in the ledger's order. */
export type DualCourse = {
  readonly standings: Standings;
  /** Principals whose grant is one of trust, by the entries that have effect. */
  readonly trusted: Set<string>;
  isOn: boolean;
};

/**
 * What stands right before an entry in the list of what it changes: undefined where nothing does, `unknown` where the list
 * does not hold together, so that nobody can say.
 */
export type Before = (entry: Entry, key: string) => Shown | undefined | 'unknown';

/** How an entry stands to dual control: it takes no two people, two are behind it, they are not, or that cannot be told. */
export type DualStep =
  | { readonly outcome: 'free' | 'pass'; readonly reason?: undefined }
  | { readonly outcome: 'fail' | 'not-run'; readonly reason: FaultCode };

/** Whether two people are behind the next entry of the course. What it changes is for {@link followDual}. Source: docs/spec/dual-control.md §3. */
export function judgeDual(shown: Shown, course: DualCourse, before: Before): DualStep {
  const { entry, payload } = shown;
  const wasTrusted = course.trusted.has(principalOf(entry) ?? '');
  const takes = takesTwo(entry, payload, { isOn: course.isOn, before: wasTrusted });
  if (takes === false) return { outcome: 'free' };
  const reason = takes === undefined ? 'payload/absent' : faultOf(shown, course, before);
  if (reason === undefined) return { outcome: 'pass' };
  return { outcome: reason === 'payload/absent' || reason === 'custody/blocked' ? 'not-run' : 'fail', reason };
}

/** What is otherwise after an entry with effect. `isTrustWhole` is whether the list that says whether dual control is on holds together. */
export function followDual(shown: Shown, course: DualCourse, isTrustWhole: boolean): void {
  const { kind, body, keys } = shown.entry;
  noteTrusted(shown, course.trusted);
  addStanding(shown, course.standings);
  const isOfTrust = isTrustWhole && keys.some(({ key }) => key === TRUST_KEY);
  if (kind === 'settings.changed' && isOfTrust) course.isOn = (body as SettingsChanged).dualControl;
}

/** Why two people are not behind the entry, or undefined. */
function faultOf({ entry, payload }: Shown, { standings }: DualCourse, before: Before): FaultCode | undefined {
  const key = dualKeyOf(
    entry,
    entry.keys.map((link) => link.key),
  );
  const proposal = before(entry, key ?? '');
  // Where the list does not hold together, what stands before the entry is not known.
  if (proposal === 'unknown') return 'custody/blocked';
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
