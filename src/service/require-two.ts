import { dualKeyOf, isAct, takesTwo } from '../core/dual-control/takes-two.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import { principalKey, TRUST_KEY } from '../core/entry/keys.ts';
import type { SettingsChanged } from '../core/entry/kinds/settings-changed.ts';
import { proposalKeys } from '../core/entry/link.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import { formatChange } from '../core/trust/change-document.ts';
import { readCaller } from './authenticate.ts';
import type { ServiceContext } from './context.ts';
import { personBefore } from './person-before.ts';
import type { LedgerStore, Submission } from './ports.ts';
import { type ListedEntry, readWholeList } from './read-list.ts';
import type { ListLength } from './rests-on.ts';

/** Whether changes of trust take two people now, by the list `trust`. */
export function isDualControlOn(trust: readonly ListedEntry[]): boolean {
  const changed = trust.findLast(({ entry }) => entry.kind === 'settings.changed');
  return changed !== undefined && (changed.entry.body as SettingsChanged).dualControl;
}

/**
 * The submission, where it takes two people, and another known person has proposed it right before the next place of its
 * list; where it takes none, as it is. `before` is whether the principal of a grant held one of trust, `isRepeated` whether what
 * is asked for is so already. It then rests on that list, on the grants of both and on whether dual control is on.
 * Faults: `dual-control/not-proposed`, `dual-control/other-change`, `dual-control/person-unknown`,
 * `dual-control/same-person`. Source: docs/spec/dual-control.md.
 */
export async function requireTwo(
  { store }: ServiceContext,
  submission: Submission,
  { before, isRepeated }: { readonly before: boolean; readonly isRepeated: boolean },
): Promise<Result<Submission>> {
  const { proposal, payload, restsOn } = submission;
  // Asked as if it were on: what takes two then rests on whether it is.
  if (takesTwo(proposal, payload?.bytes, { isOn: true, before }) === false) return ok(submission);
  const trust = await readWholeList(store, TRUST_KEY);
  const rests = [...restsOn, { key: TRUST_KEY, n: trust.length }];
  if (takesTwo(proposal, payload?.bytes, { isOn: isDualControlOn(trust), before }) === false)
    return ok({ ...submission, restsOn: rests });
  // Nothing but what stands already can come of it.
  if (isRepeated) return ok({ ...submission, isKnown: true });
  const key = dualKeyOf(proposal, proposalKeys(proposal));
  invariant(key !== undefined, 'what takes two people is filed under the list of what it changes');
  const list = key === TRUST_KEY ? trust : await readWholeList(store, key);
  const last = list.at(-1);
  if (last?.entry.kind !== 'change.proposed')
    return fail('dual-control/not-proposed', 'The change takes two people, and nobody has proposed it.');
  const { kind, body } = proposal;
  const document = payload && proposal.payload && { mediaType: proposal.payload.mediaType, bytes: payload.bytes };
  const change = formatChange({ kind, body, ...(document === undefined ? {} : { payload: document }) });
  if (last.payload === undefined || !equalBytes(last.payload.bytes, change))
    return fail('dual-control/other-change', `Entry ${last.entry.seq} proposes something else for ${key}.`);
  const people = await requireOther(store, proposal.principal, last);
  if (!people.ok) return people;
  // Of what did not exist before its proposal the list is as long as the proposals in it.
  const isNew = !list.some(({ entry }) => isAct(entry));
  const lists = rests.map((one) =>
    isNew && one.key === key && 'n' in one && one.n === 0 ? { key, n: list.length } : one,
  );
  return ok({ ...submission, restsOn: [...lists, { key, n: list.length }, people.value] });
}

/** The list of the proposer, who is an administrator still, and another person, then and now. */
async function requireOther(
  store: LedgerStore,
  principal: string,
  { entry }: ListedEntry,
): Promise<Result<ListLength>> {
  const own = await readCaller({ store }, principal);
  if (!own.ok) return own;
  const proposer = await readCaller({ store }, entry.principal);
  if (!proposer.ok || proposer.value.role !== 'admin')
    return fail('dual-control/not-proposed', `${entry.principal}, who proposed it, is no administrator any more.`);
  const key = principalKey(entry.principal);
  const then = personBefore(await readWholeList(store, key), entry.seq);
  const second = own.value.person;
  const now = proposer.value.person;
  if (second === undefined || then === undefined || now === undefined)
    return fail('dual-control/person-unknown', 'The grant of one of the two names no person.');
  if (second === then || second === now)
    return fail('dual-control/same-person', 'You proposed it: another person has to make the change.');
  return ok({ key, n: proposer.value.grants });
}
