import { rsaPower } from '#rsa';
import { sha256 } from '#sha256';
import { concatBytes, equalBytes } from '../encoding/bytes.ts';

/** DigestInfo of SHA-256 up to the hash, with the NULL that RFC 8017 §9.2 note 1 demands. */
const DIGEST_INFO = Uint8Array.of(
  ...[0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20],
);
const HASH_BYTES = 32;

/**
 * Whether the signature over the message was made by the key with this modulus and the exponent 65537: RSASSA-PKCS1-v1_5
 * with SHA-256. It is as long as the modulus and below it, and what it was made of is written anew and compared as a
 * whole, so that no padding is ever read. False, never a throw, for anything else. The modulus has passed the checks of a key.
 * Source: RFC 8017 §8.2.2, docs/spec/crypto.md §3.
 */
export function verifyRsa(signature: Uint8Array, message: Uint8Array, modulus: Uint8Array): boolean {
  if (signature.length !== modulus.length || !isBelow(signature, modulus)) return false;
  return equalBytes(rsaPower(modulus, signature), encodedMessage(message, modulus.length));
}

/** EMSA-PKCS1-v1_5: 0x00 ‖ 0x01 ‖ 0xff … ‖ 0x00 ‖ DigestInfo. */
function encodedMessage(message: Uint8Array, bytes: number): Uint8Array {
  const filling = new Uint8Array(bytes - 3 - DIGEST_INFO.length - HASH_BYTES).fill(0xff);
  return concatBytes(Uint8Array.of(0, 1), filling, Uint8Array.of(0), DIGEST_INFO, sha256(message));
}

/** Whether one big-endian number is below another of as many bytes. */
function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (const [place, digit] of a.entries()) {
    const other = b[place] ?? 0;
    if (digit !== other) return digit < other;
  }
  return false;
}
