import { type Decoded, object, string } from '../../encoding/decode.ts';
import { principalKey } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { NAME } from '../names.ts';

const body = object({ principal: string({ max: 64, pattern: NAME }) });

/** Body of `principal.revoked`: from this entry on the principal may do nothing. */
export type PrincipalRevoked = Decoded<typeof body>;

export const principalRevoked: KindDefinition<PrincipalRevoked> = {
  kind: 'principal.revoked',
  required: [],
  allowed: ['control'],
  controlList: 'principal',
  body,
  filedUnder: (entry) => [principalKey((entry.body as PrincipalRevoked).principal)],
};
