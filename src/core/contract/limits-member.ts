import { type Decoded, integer, object, optional, string } from '../encoding/decode.ts';
import { distinctArray } from '../encoding/distinct-array.ts';

const max = optional(integer());

/** What an image may be at most, and what it may be built upon. */
export const limitsReader = object({
  /** Bytes of config and layers as they are transported. */
  imageBytesMax: max,
  layersMax: max,
  componentsMax: max,
  /** Digests and names of images; a name that ends in `*` stands for all that begin like it. */
  baseImages: optional(distinctArray(string({ min: 1, max: 255, pattern: /^[!-~]+$/ }), { min: 1, max: 64 })),
});

export type ContractLimits = Decoded<typeof limitsReader>;
