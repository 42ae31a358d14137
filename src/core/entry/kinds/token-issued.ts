import { type Decoded, integer, object, string } from '../../encoding/decode.ts';
import { TOKEN_SECONDS_MAX, TOKEN_SECONDS_MIN } from '../../limits.ts';
import { principalKey } from '../keys.ts';
import { type KindDefinition, keySet } from '../kind-definition.ts';
import { NAME } from '../names.ts';

const body = object({
  principal: string({ max: 64, pattern: NAME }),
  /** How long it lives, from when it was handed out. */
  lifetimeSeconds: integer({ min: TOKEN_SECONDS_MIN, max: TOKEN_SECONDS_MAX }),
});

/** Body of `token.issued`: two people let somebody act as a person who is neither of theirs. Nothing of the token is in it. */
export type TokenIssued = Decoded<typeof body>;

export const tokenIssued: KindDefinition<TokenIssued> = {
  kind: 'token.issued',
  required: [],
  allowed: [],
  body,
  filedUnder: (entry) => keySet([principalKey((entry.body as TokenIssued).principal)]),
};
