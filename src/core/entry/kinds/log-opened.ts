import { type Decoded, integer, literal, object, optional, string } from '../../encoding/decode.ts';
import { distinctArray } from '../../encoding/distinct-array.ts';
import { MAP_RULE } from '../../map/map-key.ts';
import { TRUST_KEY } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { ORIGIN, PRINTABLE, SHA256_HEX } from '../names.ts';

const vkey = string({ min: 1, max: 512, pattern: PRINTABLE });

/** A tree of the predecessor: number of entries and root. */
const tree = object({ size: integer({ min: 1 }), root: string({ max: 64, pattern: SHA256_HEX }) });

/**
 * The log that ended before this one. `anchored`: the greatest tree that its service has seen committed, absent where
 * that is not known. `recovered`: the tree that is left of it and was checked, absent where nothing is.
 */
const predecessor = object({
  origin: string({ max: 200, pattern: ORIGIN }),
  anchored: optional(tree),
  recovered: optional(tree),
});

export type Predecessor = Decoded<typeof predecessor>;

const body = object({
  /** How entries become keys and values of the map. */
  mapRule: literal(MAP_RULE),
  logKeys: distinctArray(vkey, { min: 1, max: 8 }),
  controlKeys: distinctArray(string({ max: 1024, pattern: PRINTABLE }), { max: 16 }),
  controlThreshold: integer({ max: 16 }),
  predecessor: optional(predecessor),
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
