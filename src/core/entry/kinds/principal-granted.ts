import { type Decoded, object, oneOf, string } from '../../encoding/decode.ts';
import { principalKey } from '../keys.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { NAME } from '../names.ts';

/** The five roles (DESIGN 5). */
export const ROLES = ['pipeline', 'release-manager', 'auditor', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const body = object({
  principal: string({ max: 64, pattern: NAME }),
  role: oneOf(ROLES),
});

/** Body of `principal.granted`. The payload is the grant document: role and scope, as canonical JSON. */
export type PrincipalGranted = Decoded<typeof body>;

export const principalGranted: KindDefinition<PrincipalGranted> = {
  kind: 'principal.granted',
  required: ['payload'],
  allowed: ['control'],
  controlList: 'principal',
  body,
  filedUnder: (entry) => [principalKey((entry.body as PrincipalGranted).principal)],
};
