import { array, type Decoded, mapped, object, string } from '../../encoding/decode.ts';
import { distinctArray } from '../../encoding/distinct-array.ts';
import { fail, ok } from '../../fault.ts';
import { TRUST_KEY } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { PRINTABLE } from '../names.ts';

const keys = distinctArray(string({ min: 1, max: 512, pattern: PRINTABLE }), { min: 1, max: 2 });

const body = mapped(
  object({
    /** The keys in force before. */
    previousLogKeys: keys,
    /** The keys in force from this entry on: those that stay, in their order, then those that are new. */
    logKeys: keys,
    /** Base64 of an Ed25519 signature by each key of both sets: the previous ones in their order, then those that are new. */
    signatures: array(string({ min: 88, max: 88, pattern: /^[A-Za-z0-9+/]{86}==$/ }), { min: 1, max: 4 }),
  }),
  (read) => {
    const stay = read.previousLogKeys.filter((key) => read.logKeys.includes(key));
    const added = read.logKeys.filter((key) => !read.previousLogKeys.includes(key));
    if (stay.length === 0) return fail('encoding/not-allowed', 'A key stays, so that some reader can follow.');
    if (added.length === 0 && stay.length === read.previousLogKeys.length)
      return fail('encoding/not-allowed', 'A rotation changes the keys.');
    if ([...stay, ...added].some((key, index) => read.logKeys[index] !== key))
      return fail('encoding/not-allowed', 'The keys that stay come first, in their order.');
    if (read.signatures.length !== read.previousLogKeys.length + added.length)
      return fail('encoding/not-allowed', 'Each key signs once.');
    return ok(read);
  },
);

/**
 * Body of `log-key.rotated`: the keys that sign checkpoints from now on. A key is announced beside the one in force, and a
 * later entry retires that one. There is no payload: who replays the entries alone can follow. Source: docs/spec/log-keys.md.
 */
export type LogKeyRotated = Decoded<typeof body>;

export const logKeyRotated: KindDefinition<LogKeyRotated> = {
  kind: 'log-key.rotated',
  required: [],
  allowed: ['control'],
  controlList: 'trust',
  body,
  filedUnder: () => [TRUST_KEY],
};
