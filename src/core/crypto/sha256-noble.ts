import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256, sha384 as nobleSha384 } from '@noble/hashes/sha2.js';

/** SHA-256 of all chunks in order: 32 bytes. Source: FIPS 180-4. */
export function sha256(...chunks: readonly Uint8Array[]): Uint8Array {
  const hash = nobleSha256.create();
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest();
}

/** SHA-384 of all chunks in order: 48 bytes. Source: FIPS 180-4. */
export function sha384(...chunks: readonly Uint8Array[]): Uint8Array {
  const hash = nobleSha384.create();
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest();
}

/** HMAC-SHA-256 of all chunks in order: 32 bytes. Source: RFC 2104. */
export function hmacSha256(key: Uint8Array, ...chunks: readonly Uint8Array[]): Uint8Array {
  const mac = hmac.create(nobleSha256, key);
  for (const chunk of chunks) mac.update(chunk);
  return mac.digest();
}
