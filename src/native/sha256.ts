import { createHash, createHmac, hash } from 'node:crypto';

/** SHA-256 of all chunks in order: 32 bytes. Source: FIPS 180-4. */
export function sha256(...chunks: readonly Uint8Array[]): Uint8Array {
  return digestOf('sha256', chunks);
}

/** SHA-384 of all chunks in order: 48 bytes. Source: FIPS 180-4. */
export function sha384(...chunks: readonly Uint8Array[]): Uint8Array {
  return digestOf('sha384', chunks);
}

/** HMAC-SHA-256 of all chunks in order: 32 bytes. Source: RFC 2104. */
export function hmacSha256(key: Uint8Array, ...chunks: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', key);
  for (const chunk of chunks) mac.update(chunk);
  return new Uint8Array(mac.digest());
}

function digestOf(algorithm: 'sha256' | 'sha384', chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  // One call into the library is several times faster than three, and most callers hash one array.
  // The copy makes a plain array: a Buffer may be a window into a pool, and compares unequal to other backends' arrays.
  if (chunks.length === 1 && only !== undefined) return new Uint8Array(hash(algorithm, only, 'buffer'));
  const running = createHash(algorithm);
  for (const chunk of chunks) running.update(chunk);
  return new Uint8Array(running.digest());
}
