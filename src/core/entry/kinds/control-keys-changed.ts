import { type Decoded, integer, object, string } from '../../encoding/decode.ts';
import { distinctArray } from '../../encoding/distinct-array.ts';
import { TRUST_KEY } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { PRINTABLE } from '../names.ts';

const body = object({
  controlKeys: distinctArray(string({ min: 1, max: 1024, pattern: PRINTABLE }), { min: 1, max: 16 }),
  controlThreshold: integer({ min: 1, max: 16 }),
});

/** Body of `control-keys.changed`: the set that is in force from the next entry on. The set before it signs the change. */
export type ControlKeysChanged = Decoded<typeof body>;

export const controlKeysChanged: KindDefinition<ControlKeysChanged> = {
  kind: 'control-keys.changed',
  required: [],
  allowed: ['control'],
  controlList: 'trust',
  body,
  filedUnder: () => [TRUST_KEY],
};
