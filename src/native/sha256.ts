import { createHash, createHmac, hash } from 'node:crypto';

/** Block of SHA-256 in bytes, and what HMAC fills keys up with. Source: RFC 2104 §2. */
const BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** Up to here it is cheaper to copy a message behind its padded key than to make a MAC object of the library. */
const MESSAGE_BYTES_COPIED = 64 * 1024;

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
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (key.length <= BLOCK_BYTES && length <= MESSAGE_BYTES_COPIED) return hmacOfCopy(key, chunks, length);
  const mac = createHmac('sha256', key);
  for (const chunk of chunks) mac.update(chunk);
  return new Uint8Array(mac.digest());
}

/** HMAC by its definition, in two one-shot hashes: a third of the time that the library's MAC object takes. */
function hmacOfCopy(key: Uint8Array, chunks: readonly Uint8Array[], length: number): Uint8Array {
  const inner = Buffer.allocUnsafe(BLOCK_BYTES + length);
  const outer = Buffer.allocUnsafe(BLOCK_BYTES + 32);
  for (let i = 0; i < BLOCK_BYTES; i += 1) {
    const byte = key[i] ?? 0;
    inner[i] = byte ^ INNER_PAD;
    outer[i] = byte ^ OUTER_PAD;
  }
  let at = BLOCK_BYTES;
  for (const chunk of chunks) {
    inner.set(chunk, at);
    at += chunk.length;
  }
  outer.write(hash('sha256', inner, 'binary'), BLOCK_BYTES, 'latin1');
  // Memory of this kind is used again: no key may stay in it.
  inner.fill(0, 0, BLOCK_BYTES);
  const mac = bytesOf(hash('sha256', outer, 'binary'));
  outer.fill(0);
  return mac;
}

function digestOf(algorithm: 'sha256' | 'sha384', chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  // One call into the library is several times faster than three, and most callers hash one array.
  if (chunks.length === 1 && only !== undefined) return bytesOf(hash(algorithm, only, 'binary'));
  const running = createHash(algorithm);
  for (const chunk of chunks) running.update(chunk);
  return new Uint8Array(running.digest());
}

/**
 * A digest as bytes, from the text whose character codes they are. The library's own bytes would lie in memory of their
 * own outside of the heap, which takes longer to make and to give back than a short digest takes.
 */
function bytesOf(digest: string): Uint8Array {
  const bytes = new Uint8Array(digest.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = digest.charCodeAt(i);
  return bytes;
}
