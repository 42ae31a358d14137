import { parseHex } from '../core/encoding/hex.ts';
import { payloadCommitment } from '../core/entry/commitment.ts';
import type { PayloadReference } from '../core/entry/entry.ts';
import { invariant } from '../core/fault.ts';
import { SALT_BYTES } from '../core/limits.ts';
import type { Random, StoredPayload } from './ports.ts';

/** A payload under a fresh salt: what the entry says of it, and what the store keeps. */
export function sealPayload(
  bytes: Uint8Array,
  mediaType: string,
  random: Random,
): { readonly reference: PayloadReference; readonly stored: StoredPayload } {
  const salt = random(SALT_BYTES);
  const commitment = payloadCommitment(salt, bytes);
  const commitmentBytes = parseHex(commitment, 32);
  invariant(commitmentBytes.ok, 'a commitment is 64 hex digits');
  return {
    reference: { commitment, mediaType, size: bytes.length },
    stored: { commitment: commitmentBytes.value, salt, bytes },
  };
}
