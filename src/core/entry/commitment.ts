import { hmacSha256 } from '#sha256';
import { formatHex } from '../encoding/hex.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';

const DOMAIN = encodeUtf8('waybill/payload/v1');

/**
 * Commitment to a payload as the entry carries it: 64 hex digits of
 * HMAC-SHA-256(salt, "waybill/payload/v1" ‖ 0x00 ‖ payload), with a salt of exactly 32 random bytes.
 * A plain hash of a guessable document could be found by guessing; this one cannot once the salt is gone.
 */
export function payloadCommitment(salt: Uint8Array, payload: Uint8Array): string {
  return formatHex(hmacSha256(salt, DOMAIN, Uint8Array.of(0), payload));
}
