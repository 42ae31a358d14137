import { type Decoded, object, string } from '../../encoding/decode.ts';
import { imageKey, waiverKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { IMAGE_DIGEST, WAIVER_ID } from '../names.ts';

const body = object({
  waiver: string({ max: 28, pattern: WAIVER_ID }),
  digest: string({ max: 71, pattern: IMAGE_DIGEST }),
});

/** Body of `waiver.approved`: a second person stands for the waiver. */
export type WaiverApproved = Decoded<typeof body>;

export const waiverApproved: KindDefinition<WaiverApproved> = {
  kind: 'waiver.approved',
  required: ['repository'],
  allowed: ['control'],
  controlList: 'waiver',
  body,
  filedUnder: (entry) => {
    const { waiver, digest } = entry.body as WaiverApproved;
    return keySet([waiverKey(waiver), imageKey(digest)]);
  },
};
