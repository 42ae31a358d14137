import type { SignerView } from '../../api/found.ts';

/** What people call a key: its title, or else what it is for and the beginning of its id. */
export function signerName({ title, use, signer }: Pick<SignerView, 'title' | 'use' | 'signer'>): string {
  return title ?? `${use === 'attest' ? 'Key' : `The ${use} key`} ${signer.slice(0, 12)}`;
}

/** What the service signs with a key of its own. */
const SIGNS: Readonly<Record<string, string>> = {
  image: 'signs images',
  service: 'signs what callers hand in without a key of their own',
  verdict: 'signs verdicts and reports',
};

/** What a key counts for, in words: an attesting key's stages and repositories, or what the service does with it. */
export function signerScope({
  use,
  stages,
  repositories,
}: Pick<SignerView, 'use' | 'stages' | 'repositories'>): string {
  return use === 'attest'
    ? `${stages.join(', ')} of ${repositories.join(', ')}`
    : `the service, which ${SIGNS[use] ?? use}`;
}
