import { type Decoded, object, string } from '../../encoding/decode.ts';
import { imageKey, waiverKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { IMAGE_DIGEST, WAIVER_ID } from '../names.ts';

const body = object({
  waiver: string({ max: 28, pattern: WAIVER_ID }),
  digest: string({ max: 71, pattern: IMAGE_DIGEST }),
});

/** Body of `waiver.revoked`: from this entry on the waiver exempts nothing. */
export type WaiverRevoked = Decoded<typeof body>;

export const waiverRevoked: KindDefinition<WaiverRevoked> = {
  kind: 'waiver.revoked',
  required: ['repository'],
  allowed: [],
  body,
  filedUnder: (entry) => {
    const { waiver, digest } = entry.body as WaiverRevoked;
    return keySet([waiverKey(waiver), imageKey(digest)]);
  },
};
