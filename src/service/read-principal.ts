import { grantsTrust } from '../core/control/takes-control.ts';
import { isAct } from '../core/dual-control/takes-two.ts';
import { principalKey } from '../core/entry/keys.ts';
import { invariant } from '../core/fault.ts';
import { type GrantDocument, parseGrantDocument } from '../core/trust/grant-document.ts';
import type { LedgerStore } from './ports.ts';
import { type ListedEntry, readWholeList, requireDocument } from './read-list.ts';
import { projectionDiffers } from './require-mapped.ts';

/** What the ledger says of a principal now. */
export type PrincipalState = {
  readonly principal: string;
  readonly grant: GrantDocument;
  readonly grantedAt: string;
  readonly revoked: boolean;
  /** Length of the list that this was read from, and of it without proposals and tokens. */
  readonly grants: number;
  readonly acts: number;
  /**
   * How often every token from before has died, up to the newest grant: by revocations, so that one stays dead when the role
   * is granted again, and where two people made the principal one of trust, or another person's, so that nobody keeps one that
   * was made alone.
   */
  readonly epoch: number;
};

/** The newest grant decides; a revocation after it leaves nothing. Undefined for a principal without a list. */
export async function readPrincipalState(store: LedgerStore, principal: string): Promise<PrincipalState | undefined> {
  const list = await readWholeList(store, principalKey(principal));
  return list.some(({ entry }) => isAct(entry)) ? principalState(principal, list) : undefined;
}

/** Principals that are remembered; those that were read first are forgotten first. */
const REMEMBERED_MAX = 10_000;

/** What another replica appended and somebody cut off in the database is noticed by reading it: this often at least. */
const PROVED_MS_MAX = 60_000;

type Proved = { readonly state: PrincipalState; readonly atMs: number };

const remembered = new WeakMap<LedgerStore, Map<string, Proved>>();

/**
 * The state after the first `grants` entries of the principal's list, where those are all that there are. A list only
 * grows, so that what was proved of it once stands for as long as it has that length; of any other length, where
 * this process has seen a longer one, and once a minute it is read again. Throws `database/projection-differs` where it
 * was cut off.
 */
export async function principalStateAt(
  store: LedgerStore,
  principal: string,
  grants: number,
  now: Date,
): Promise<PrincipalState | undefined> {
  const states = remembered.get(store) ?? new Map<string, Proved>();
  remembered.set(store, states);
  const known = states.get(principal);
  const atMs = now.getTime();
  const stands = known?.state.grants === grants && Math.abs(atMs - known.atMs) < PROVED_MS_MAX;
  if (stands && store.listLengthSeen(principalKey(principal)) <= grants) return known.state;
  const state = await readPrincipalState(store, principal);
  if (state !== undefined && state.grants >= (states.get(principal)?.state.grants ?? 0)) {
    const oldest = states.size < REMEMBERED_MAX ? undefined : states.keys().next().value;
    if (oldest !== undefined) states.delete(oldest);
    states.set(principal, { state, atMs });
  }
  return state;
}

export function principalState(principal: string, list: readonly ListedEntry[]): PrincipalState {
  const granted = list.findLast(({ entry }) => entry.kind === 'principal.granted');
  const acts = list.filter(({ entry }) => isAct(entry));
  const newest = acts.at(-1);
  if (granted === undefined || newest === undefined) throw projectionDiffers(`${principal} is listed without a grant`);
  const document = parseGrantDocument(requireDocument(granted));
  invariant(document.ok, 'the grant that was appended reads back');
  return {
    principal,
    grant: document.value,
    grantedAt: granted.entry.time,
    revoked: newest.entry.kind === 'principal.revoked',
    grants: list.length,
    acts: acts.length,
    epoch: epochOf(list.slice(0, list.indexOf(granted) + 1)),
  };
}

function epochOf(list: readonly ListedEntry[]): number {
  let epoch = 0;
  // The grant in force, where it is one of trust.
  let before: GrantDocument | undefined;
  for (const [index, { entry, payload }] of list.entries()) {
    if (entry.kind === 'principal.revoked') {
      epoch += 1;
      before = undefined;
    }
    if (entry.kind !== 'principal.granted') continue;
    const trusted = grantOfTrust(payload?.bytes);
    const isByTwo = index > 0 && list[index - 1]?.entry.kind === 'change.proposed';
    const goesOn = before !== undefined && before.person === trusted?.person;
    if (isByTwo && trusted !== undefined && !goesOn) epoch += 1;
    before = trusted;
  }
  return epoch;
}

function grantOfTrust(document: Uint8Array | undefined): GrantDocument | undefined {
  const read = parseGrantDocument(document ?? new Uint8Array());
  return read.ok && grantsTrust({ role: read.value.role, document }) === true ? read.value : undefined;
}
