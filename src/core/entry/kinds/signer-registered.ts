import { type Decoded, object, oneOf, string } from '../../encoding/decode.ts';
import { signerKey } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { SHA256_HEX } from '../names.ts';

/** What a signer's key is for. Only `attest` keys belong to pipelines; the others are the service's own (DESIGN 5). */
export const SIGNER_USES = ['attest', 'image', 'service', 'verdict'] as const;

const body = object({
  signer: string({ max: 64, pattern: SHA256_HEX }),
  use: oneOf(SIGNER_USES),
});

/** Body of `signer.registered`. The payload is the signer document: public key and scope, as canonical JSON. */
export type SignerRegistered = Decoded<typeof body>;

export const signerRegistered: KindDefinition<SignerRegistered> = {
  kind: 'signer.registered',
  required: ['payload'],
  allowed: ['control'],
  controlList: 'signer',
  body,
  filedUnder: (entry) => [signerKey((entry.body as SignerRegistered).signer)],
};
