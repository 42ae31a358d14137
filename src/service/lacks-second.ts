import { dualKeyOf, takesTwo } from '../core/dual-control/takes-two.ts';
import { TRUST_KEY } from '../core/entry/keys.ts';
import { proposalKeys } from '../core/entry/link.ts';
import { fail, type Result } from '../core/fault.ts';
import type { LedgerStore, Submission } from './ports.ts';
import { readWholeList } from './read-list.ts';
import { isDualControlOn } from './require-two.ts';

/**
 * A fault where the submission takes two people and whoever prepared it did not ask for the second one (`requireTwo`); it
 * gets no further than this, since one such entry would spoil the log for all its readers. Who they are is not looked at
 * again: but what the append is held to must be the list as it stands, with a proposal of somebody else at its end.
 * Faults: `dual-control/not-proposed`, `dual-control/same-person`.
 */
export async function lacksSecond(
  store: LedgerStore,
  { proposal, payload, restsOn, isKnown }: Submission,
): Promise<Result<never> | undefined> {
  if (isKnown === true || takesTwo(proposal, payload?.bytes, { isOn: true, before: false }) !== true) return undefined;
  const lengthOf = (key: string) => restsOn.find((one) => one.key === key && 'n' in one);
  const unasked = () =>
    fail('dual-control/not-proposed', 'The change takes two people, and nobody was asked for the second.');
  if (lengthOf(TRUST_KEY) === undefined) return unasked();
  const isOn = isDualControlOn(await readWholeList(store, TRUST_KEY));
  if (takesTwo(proposal, payload?.bytes, { isOn, before: false }) !== true) return undefined;
  const key = dualKeyOf(proposal, proposalKeys(proposal)) ?? '';
  const rests = lengthOf(key);
  if (rests === undefined) return unasked();
  const list = await readWholeList(store, key);
  // It is refused as stale, and prepared once more.
  if ('n' in rests && rests.n !== list.length) return undefined;
  const last = list.at(-1)?.entry;
  if (last?.kind !== 'change.proposed') return unasked();
  return last.principal === proposal.principal
    ? fail('dual-control/same-person', 'Whoever proposed the change does not make it.')
    : undefined;
}
