import { type Decoded, object, oneOf, string } from '../../encoding/decode.ts';
import type { KindDefinition } from '../kind-definition.ts';

/** Kinds that may take two people. */
export const DUAL_KINDS = [
  'contract.published',
  'contract.withdrawn',
  'principal.granted',
  'principal.revoked',
  'settings.changed',
  'signer.registered',
  'signer.revoked',
  'signer.rotated',
  'token.issued',
] as const;
export type DualKind = (typeof DUAL_KINDS)[number];

const body = object({
  /** Kind of the entry that is proposed. */
  kind: oneOf(DUAL_KINDS),
  /** The list in which it is to follow. */
  key: string({ max: 160, pattern: /^(?:trust|(?:contract|principal|signer):[a-z0-9._-]{1,64})$/ }),
});

/** Body of `change.proposed`: one person asks for a change of trust. The payload is the change. */
export type ChangeProposed = Decoded<typeof body>;

export const changeProposed: KindDefinition<ChangeProposed> = {
  kind: 'change.proposed',
  required: ['payload'],
  allowed: [],
  body,
  filedUnder: (entry) => [(entry.body as ChangeProposed).key],
};
