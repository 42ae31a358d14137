import { type Decoded, object, string } from '../../encoding/decode.ts';
import { signerKey } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { SHA256_HEX, TIME } from '../names.ts';

const body = object({
  signer: string({ max: 64, pattern: SHA256_HEX }),
  /** From when on the key is not trusted: it may move earlier by a later entry, never later. */
  effective: string({ max: 24, pattern: TIME }),
});

/** Body of `signer.revoked`. */
export type SignerRevoked = Decoded<typeof body>;

export const signerRevoked: KindDefinition<SignerRevoked> = {
  kind: 'signer.revoked',
  required: [],
  allowed: ['control'],
  controlList: 'signer',
  body,
  filedUnder: (entry) => [signerKey((entry.body as SignerRevoked).signer)],
};
