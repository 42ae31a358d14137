import { type Decoded, integer, object, oneOf, string } from '../../encoding/decode.ts';
import { distinctArray } from '../../encoding/distinct-array.ts';
import { SUBJECTS_MAX } from '../../limits.ts';
import { imageKey, runKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { IMAGE_DIGEST, MEDIA_TYPE } from '../names.ts';

const digest = string({ max: 71, pattern: IMAGE_DIGEST });

const body = object({
  digest,
  mediaType: string({ max: 255, pattern: MEDIA_TYPE }),
  size: integer({ min: 1 }),
  shape: oneOf(['image', 'index']),
  /** Digests that an index contains, each once, in the order of its manifest; empty for an image. */
  children: distinctArray(digest, { max: SUBJECTS_MAX }),
});

/** Body of `image.signed`. The payload holds the exact manifest bytes, the bundle and the simple-signing signature. */
export type ImageSigned = Decoded<typeof body>;

export const imageSigned: KindDefinition<ImageSigned> = {
  kind: 'image.signed',
  required: ['repository', 'signer', 'assurance', 'predicateType', 'payload'],
  allowed: ['run'],
  body,
  filedUnder: (entry) => {
    const signed = entry.body as ImageSigned;
    const images = [signed.digest, ...signed.children].map(imageKey);
    return keySet(entry.run === undefined ? images : [...images, runKey(entry.run)]);
  },
};
