import type { Entry } from '../entry/entry.ts';
import type { TrustState } from './trust-state.ts';

/** One act of somebody upon a waiver, a release or a retirement, as the ledger has it. */
export type Act = {
  readonly seq: number;
  readonly time: string;
  readonly principal: string;
  /** The person behind the principal, as its grant names them. */
  readonly person?: string;
  /** No key of the person's own signed it: the service did, on behalf of the principal that it authenticated. */
  readonly assurance: 'service';
};

/** The act of an entry, with the person who was behind its principal. */
export function actOf(entry: Entry, trust: Pick<TrustState, 'personOf'>): Act {
  const { seq, time, principal } = entry;
  const person = trust.personOf(entry);
  return { seq, time, principal, ...(person === undefined ? {} : { person }), assurance: 'service' };
}
