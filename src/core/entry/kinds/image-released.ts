import { type Decoded, integer, object, string } from '../../encoding/decode.ts';
import { imageKey, releaseKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { IMAGE_DIGEST, NAME } from '../names.ts';

const body = object({
  digest: string({ max: 71, pattern: IMAGE_DIGEST }),
  environment: string({ max: 64, pattern: NAME }),
  /** Seq of the recorded verdict that the release rests on. */
  verdict: integer(),
});

/** Body of `image.released`: from this entry on the image is what runs in the environment. */
export type ImageReleased = Decoded<typeof body>;

export const imageReleased: KindDefinition<ImageReleased> = {
  kind: 'image.released',
  required: ['repository'],
  allowed: [],
  body,
  filedUnder: (entry) => {
    const { digest, environment } = entry.body as ImageReleased;
    return keySet([imageKey(digest), releaseKey(entry.repository ?? '', environment)]);
  },
};
