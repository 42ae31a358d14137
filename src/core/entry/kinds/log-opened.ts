import { type Decoded, integer, literal, object, optional, string } from '../../encoding/decode.ts';
import { distinctArray } from '../../encoding/distinct-array.ts';
import { TRUST_KEY } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { ORIGIN, PRINTABLE } from '../names.ts';

const vkey = string({ min: 1, max: 512, pattern: PRINTABLE });

const body = object({
  /** This version keeps no map; the rule is frozen with entry version 1. */
  mapRule: literal('none'),
  logKeys: distinctArray(vkey, { min: 1, max: 8 }),
  controlKeys: distinctArray(string({ max: 1024, pattern: PRINTABLE }), { max: 16 }),
  controlThreshold: integer({ max: 16 }),
  predecessor: optional(string({ max: 200, pattern: ORIGIN })),
});

/** Body of entry 0: what the log is, and the keys that its first checkpoints are signed with. */
export type LogOpened = Decoded<typeof body>;

export const logOpened: KindDefinition<LogOpened> = {
  kind: 'log.opened',
  required: [],
  allowed: [],
  body,
  filedUnder: () => [TRUST_KEY],
};
