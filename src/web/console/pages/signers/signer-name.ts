import type { SignerView } from '../../api/found.ts';

/** What people call a key: its title, or else what it is for and the beginning of its id. */
export function signerName({ title, use, signer }: Pick<SignerView, 'title' | 'use' | 'signer'>): string {
  return title ?? `${use === 'attest' ? 'Key' : `The ${use} key`} ${signer.slice(0, 12)}`;
}
