import { type Decoded, mapped, object, string } from '../../encoding/decode.ts';
import { fail, ok } from '../../fault.ts';
import { signerKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { SHA256_HEX, TIME } from '../names.ts';

const id = string({ max: 64, pattern: SHA256_HEX });

const body = mapped(
  object({
    signer: id,
    /** The key that takes its place. This entry is its registration, with the use of the one before. */
    successor: id,
    /** From when on the key before does not count any more, where it signs entries after this one. */
    until: string({ max: 24, pattern: TIME }),
  }),
  (read) => (read.signer === read.successor ? fail('encoding/not-allowed', 'A key does not follow itself.') : ok(read)),
);

/** Body of `signer.rotated`. The payload is an envelope over the rotation, signed by both keys. */
export type SignerRotated = Decoded<typeof body>;

export const signerRotated: KindDefinition<SignerRotated> = {
  kind: 'signer.rotated',
  required: ['payload'],
  allowed: ['control'],
  controlList: 'signer',
  // The list that has a state already: the successor’s begins with this entry.
  controlKey: (read) => signerKey((read as SignerRotated).signer),
  body,
  filedUnder: ({ body: read }) => {
    const { signer, successor } = read as SignerRotated;
    return keySet([signerKey(signer), signerKey(successor)]);
  },
};
