import { type Decoded, object, optional, string } from '../../encoding/decode.ts';
import { imageKey, releaseKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { IMAGE_DIGEST, NAME } from '../names.ts';

const body = object({
  digest: string({ max: 71, pattern: IMAGE_DIGEST }),
  /** Where it shall not run any more; absent: nowhere. */
  environment: optional(string({ max: 64, pattern: NAME })),
});

/** Body of `image.retired`: from this entry on the image shall not run, in the environment or anywhere. */
export type ImageRetired = Decoded<typeof body>;

export const imageRetired: KindDefinition<ImageRetired> = {
  kind: 'image.retired',
  required: ['repository'],
  allowed: [],
  body,
  filedUnder: (entry) => {
    const { digest, environment } = entry.body as ImageRetired;
    const released = environment === undefined ? [] : [releaseKey(entry.repository ?? '', environment)];
    return keySet([imageKey(digest), ...released]);
  },
};
