import { type Decoded, object, string } from '../../encoding/decode.ts';
import { distinctArray } from '../../encoding/distinct-array.ts';
import { TRUST_KEY } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { ORIGIN, PRINTABLE } from '../names.ts';

const body = object({
  /** Origin of the log that goes on in its place. */
  successor: string({ max: 200, pattern: ORIGIN }),
  /** The keys that the successor's checkpoints are signed with: whoever trusts this log can go on to trust that one. */
  logKeys: distinctArray(string({ min: 1, max: 512, pattern: PRINTABLE }), { min: 1, max: 8 }),
});

/** Body of the last entry of a log that ended well; no entry follows it. */
export type LogSealed = Decoded<typeof body>;

export const logSealed: KindDefinition<LogSealed> = {
  kind: 'log.sealed',
  required: [],
  allowed: ['control'],
  body,
  filedUnder: () => [TRUST_KEY],
};
