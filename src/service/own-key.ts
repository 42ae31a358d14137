import { fail, ok, type Result } from '../core/fault.ts';
import type { ServiceContext } from './context.ts';
import type { LedgerStore, SigningKey, Submission } from './ports.ts';
import { endOf, isInForce, readSignerState, type SignerState } from './read-signer.ts';

/** The keys of the service that are signers of its log. */
export const OWN_USES = ['image', 'service', 'verdict'] as const;
export type OwnUse = (typeof OWN_USES)[number];

/** A key of the service with what a submission by it rests on: that the log names it, and that it still counts. */
export type OwnKey = {
  readonly key: SigningKey;
  readonly restsOn: Submission['restsOn'];
  /** When it ceases to count, where that is known. */
  readonly before?: string;
};

const remembered = new WeakMap<LedgerStore, Map<string, SignerState>>();

/**
 * The service's own key of a use, where the log names it for that and it counts now. Attempt 0 may rest on what was read
 * before, since the append holds it to the lengths of its lists; later ones read again.
 * Faults: `key/not-registered`, `key/retired`.
 */
export async function ownKey(
  { store, keys, now }: Pick<ServiceContext, 'store' | 'keys' | 'now'>,
  use: OwnUse,
  attempt: number,
): Promise<Result<OwnKey>> {
  const key = keys[use];
  const states = remembered.get(store) ?? new Map<string, SignerState>();
  remembered.set(store, states);
  const state = (attempt === 0 ? states.get(key.signer) : undefined) ?? (await readSignerState(store, key.signer));
  if (state?.use !== use)
    return fail('key/not-registered', `The log does not name ${key.signer} as its ${use} key: waybill keys rotate.`);
  states.set(key.signer, state);
  if (!isInForce(state, now().toISOString())) {
    const next = state.rotation?.successor;
    const what = next === undefined ? 'it was revoked: waybill keys replace.' : `its successor is ${next}.`;
    return fail('key/retired', `The ${use} key ${key.signer} counts no more; ${what}`);
  }
  const before = endOf(state);
  return ok({ key, restsOn: state.restsOn, ...(before === undefined ? {} : { before }) });
}
