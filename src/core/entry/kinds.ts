import type { KindDefinition } from './kind-definition.ts';
import { attestationRecorded } from './kinds/attestation-recorded.ts';
import { changeProposed } from './kinds/change-proposed.ts';
import { contractPublished } from './kinds/contract-published.ts';
import { contractWithdrawn } from './kinds/contract-withdrawn.ts';
import { controlKeysChanged } from './kinds/control-keys-changed.ts';
import { imageReleased } from './kinds/image-released.ts';
import { imageRetired } from './kinds/image-retired.ts';
import { imageSigned } from './kinds/image-signed.ts';
import { logKeyRotated } from './kinds/log-key-rotated.ts';
import { logOpened } from './kinds/log-opened.ts';
import { logSealed } from './kinds/log-sealed.ts';
import { mapCommitted } from './kinds/map-committed.ts';
import { principalGranted } from './kinds/principal-granted.ts';
import { principalRevoked } from './kinds/principal-revoked.ts';
import { runClosed } from './kinds/run-closed.ts';
import { runExpired } from './kinds/run-expired.ts';
import { runOpened } from './kinds/run-opened.ts';
import { settingsChanged } from './kinds/settings-changed.ts';
import { signerRegistered } from './kinds/signer-registered.ts';
import { signerRevoked } from './kinds/signer-revoked.ts';
import { signerRotated } from './kinds/signer-rotated.ts';
import { tokenIssued } from './kinds/token-issued.ts';
import { verdictRecorded } from './kinds/verdict-recorded.ts';
import { waiverApproved } from './kinds/waiver-approved.ts';
import { waiverRequested } from './kinds/waiver-requested.ts';
import { waiverRevoked } from './kinds/waiver-revoked.ts';

export { KIND_PLACES } from './kind-definition.ts';

/** The kinds in force: each from one file. */
export const KINDS = {
  'attestation.recorded': attestationRecorded,
  'change.proposed': changeProposed,
  'contract.published': contractPublished,
  'contract.withdrawn': contractWithdrawn,
  'control-keys.changed': controlKeysChanged,
  'image.released': imageReleased,
  'image.retired': imageRetired,
  'image.signed': imageSigned,
  'log-key.rotated': logKeyRotated,
  'log.opened': logOpened,
  'log.sealed': logSealed,
  'map.committed': mapCommitted,
  'principal.granted': principalGranted,
  'principal.revoked': principalRevoked,
  'run.closed': runClosed,
  'run.expired': runExpired,
  'run.opened': runOpened,
  'settings.changed': settingsChanged,
  'signer.registered': signerRegistered,
  'signer.revoked': signerRevoked,
  'signer.rotated': signerRotated,
  'token.issued': tokenIssued,
  'verdict.recorded': verdictRecorded,
  'waiver.approved': waiverApproved,
  'waiver.requested': waiverRequested,
  'waiver.revoked': waiverRevoked,
} as const satisfies Record<string, KindDefinition>;

export type Kind = keyof typeof KINDS;

/**
 * Names that later versions give a meaning, with the prefixes of the keys that they are filed under.
 * None is written by this version, and one that is found fails custody by `entry/reserved-kind`.
 */
export const RESERVED_KINDS = {
  'environment.snapshot': ['environment'],
  'payload.erased': ['image', 'source', 'run'],
  'trusted-root.published': ['trust'],
} as const satisfies Record<string, readonly string[]>;

/** The definition of a kind that is in force, or undefined. */
export function entryKind(kind: string): KindDefinition | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind as Kind] : undefined;
}
