import type { KindDefinition } from './kind-definition.ts';
import { attestationRecorded } from './kinds/attestation-recorded.ts';
import { contractPublished } from './kinds/contract-published.ts';
import { contractWithdrawn } from './kinds/contract-withdrawn.ts';
import { imageSigned } from './kinds/image-signed.ts';
import { logOpened } from './kinds/log-opened.ts';
import { principalGranted } from './kinds/principal-granted.ts';
import { principalRevoked } from './kinds/principal-revoked.ts';
import { signerRegistered } from './kinds/signer-registered.ts';
import { signerRevoked } from './kinds/signer-revoked.ts';
import { verdictRecorded } from './kinds/verdict-recorded.ts';

export { KIND_PLACES } from './kind-definition.ts';

/** The kinds in force: each from one file. */
export const KINDS = {
  'attestation.recorded': attestationRecorded,
  'contract.published': contractPublished,
  'contract.withdrawn': contractWithdrawn,
  'image.signed': imageSigned,
  'log.opened': logOpened,
  'principal.granted': principalGranted,
  'principal.revoked': principalRevoked,
  'signer.registered': signerRegistered,
  'signer.revoked': signerRevoked,
  'verdict.recorded': verdictRecorded,
} as const satisfies Record<string, KindDefinition>;

export type Kind = keyof typeof KINDS;

/**
 * Names that later versions give a meaning, with the prefixes of the keys that they are filed under.
 * None is written by this version, and one that is found fails custody by `entry/reserved-kind`.
 */
export const RESERVED_KINDS = {
  'control-keys.changed': ['trust'],
  'environment.snapshot': ['environment'],
  'image.released': ['image', 'release'],
  'image.retired': ['image', 'release'],
  'log-key.rotated': ['trust'],
  'log.sealed': ['trust'],
  'map.committed': [],
  'payload.erased': ['image', 'source', 'run'],
  'run.closed': ['run', 'source'],
  'run.expired': ['run', 'source'],
  'run.opened': ['run', 'source'],
  'settings.changed': ['trust'],
  'signer.rotated': ['signer'],
  'trusted-root.published': ['trust'],
  'waiver.approved': ['waiver', 'image'],
  'waiver.requested': ['waiver', 'image'],
  'waiver.revoked': ['waiver', 'image'],
} as const satisfies Record<string, readonly string[]>;

/** The definition of a kind that is in force, or undefined. */
export function entryKind(kind: string): KindDefinition | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind as Kind] : undefined;
}
