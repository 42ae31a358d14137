import { signerKey } from '../core/entry/keys.ts';
import type { SignerRegistered } from '../core/entry/kinds/signer-registered.ts';
import type { SignerRevoked } from '../core/entry/kinds/signer-revoked.ts';
import { invariant } from '../core/fault.ts';
import { parseSignerDocument, type SignerDocument } from '../core/trust/signer-document.ts';
import type { LedgerStore } from './ports.ts';
import { type ListedEntry, readWholeList } from './read-list.ts';

/** What the ledger says of a signer now. */
export type SignerState = {
  readonly signer: string;
  readonly use: SignerRegistered['use'];
  readonly document: SignerDocument;
  readonly registeredAt: string;
  /** The earliest time that any revocation names. */
  readonly revokedFrom?: string;
  /** Length of the list that this was read from. */
  readonly entries: number;
};

/** Undefined for a key that was never registered. */
export async function readSignerState(store: LedgerStore, signer: string): Promise<SignerState | undefined> {
  const list = await readWholeList(store, signerKey(signer));
  return list.length === 0 ? undefined : signerState(list);
}

export function signerState(list: readonly ListedEntry[]): SignerState {
  const registered = list[0];
  invariant(registered?.entry.kind === 'signer.registered', 'a list of a signer begins with its registration');
  const document = registered.payload === undefined ? undefined : parseSignerDocument(registered.payload.bytes);
  invariant(document?.ok === true, 'the signer that was appended reads back');
  const revocations = list
    .filter(({ entry }) => entry.kind === 'signer.revoked')
    .map(({ entry }) => (entry.body as SignerRevoked).effective)
    .sort();
  return {
    signer: document.value.signer,
    use: (registered.entry.body as SignerRegistered).use,
    document: document.value,
    registeredAt: registered.entry.time,
    ...(revocations[0] === undefined ? {} : { revokedFrom: revocations[0] }),
    entries: list.length,
  };
}
