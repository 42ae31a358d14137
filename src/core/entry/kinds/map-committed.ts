import { type Decoded, integer, object, string } from '../../encoding/decode.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { SHA256_HEX } from '../names.ts';

const body = object({
  /** How many keys the map has. */
  keys: integer(),
  /** Its root. */
  root: string({ max: 64, pattern: SHA256_HEX }),
});

/** Body of `map.committed`: the map over exactly the entries before this one. */
export type MapCommitted = Decoded<typeof body>;

export const mapCommitted: KindDefinition<MapCommitted> = {
  kind: 'map.committed',
  required: [],
  allowed: [],
  body,
  filedUnder: () => [],
};
