import { principalKey } from '../core/entry/keys.ts';
import { invariant } from '../core/fault.ts';
import { type GrantDocument, parseGrantDocument } from '../core/trust/grant-document.ts';
import type { LedgerStore } from './ports.ts';
import { type ListedEntry, readWholeList } from './read-list.ts';

/** What the ledger says of a principal now. */
export type PrincipalState = {
  readonly principal: string;
  readonly grant: GrantDocument;
  readonly grantedAt: string;
  readonly revoked: boolean;
  /** Length of the list that this was read from. */
  readonly grants: number;
  /** Revocations before the newest grant: a token made before one of them stays dead when the role is granted again. */
  readonly epoch: number;
};

/** The newest grant decides; a revocation after it leaves nothing. Undefined for a principal without a list. */
export async function readPrincipalState(store: LedgerStore, principal: string): Promise<PrincipalState | undefined> {
  const list = await readWholeList(store, principalKey(principal));
  return list.length === 0 ? undefined : principalState(principal, list);
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
  const newest = list.at(-1);
  invariant(granted !== undefined && newest !== undefined, 'a list of a principal begins with a grant');
  const document = granted.payload === undefined ? undefined : parseGrantDocument(granted.payload.bytes);
  invariant(document?.ok === true, 'the grant that was appended reads back');
  return {
    principal,
    grant: document.value,
    grantedAt: granted.entry.time,
    revoked: newest.entry.kind === 'principal.revoked',
    grants: list.length,
    epoch: list.slice(0, list.indexOf(granted)).filter(({ entry }) => entry.kind === 'principal.revoked').length,
  };
}
