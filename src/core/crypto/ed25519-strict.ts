import { Point } from '@noble/ed25519';
import { equalBytes } from '../encoding/bytes.ts';
import { boundedCache } from './bounded-cache.ts';

/** Length of a public key in bytes: the encoding of one point. */
export const ED25519_KEY_BYTES = 32;
/** Length of a signature in bytes: the encodings of R and of S. */
export const ED25519_SIGNATURE_BYTES = 64;

/** Keys whose checks are remembered: the torsion check costs milliseconds, and services meet few distinct keys. */
const KEYS_KEPT_MAX = 1024;

/** The order L of the prime-order subgroup, and the prime of the field. Source: RFC 8032 §5.1. */
const ORDER = Point.CURVE().n;
const FIELD = Point.CURVE().p;
const ORDER_BYTES = Uint8Array.from({ length: 32 }, (_, i) => Number((ORDER >> BigInt(8 * i)) & 0xffn));

/**
 * What strict checking says of a public key: the point, `malformed` (wrong length, not canonical or not on the curve) or
 * `weak` (of small order, or with a torsion component, so that one signature may fit more than one key or message).
 */
export type Ed25519KeyCheck = { readonly point: Point } | 'malformed' | 'weak';

const checkKeyBytes = boundedCache(KEYS_KEPT_MAX, (key): Ed25519KeyCheck => {
  let point: Point;
  try {
    point = Point.fromBytes(key, false);
  } catch {
    return 'malformed';
  }
  return point.isSmallOrder() || !point.isTorsionFree() ? 'weak' : { point };
});

/**
 * The check every verifier makes of every key it loads, the latest 1024 remembered.
 * Source: docs/spec/crypto.md §2.
 */
export function checkEd25519Key(key: Uint8Array): Ed25519KeyCheck {
  return key.length === ED25519_KEY_BYTES ? checkKeyBytes(key) : 'malformed';
}

/**
 * The point of an acceptable key when the signature passes every check that needs no message, else undefined:
 * lengths, the key, S < L, and R none of the 14 encodings of a point of small order. Both backends ask this first and
 * then compare encodings, so that they cannot disagree. Source: docs/spec/crypto.md §2.
 */
export function checkEd25519Inputs(signature: Uint8Array, publicKey: Uint8Array): Point | undefined {
  if (signature.length !== ED25519_SIGNATURE_BYTES) return undefined;
  if (!isBelowOrder(signature.subarray(32))) return undefined;
  if (isSmallOrderEncoding(signature.subarray(0, 32))) return undefined;
  const key = checkEd25519Key(publicKey);
  return typeof key === 'string' ? undefined : key.point;
}

/** Whether 32 little-endian bytes are a number below L: the first byte from the top that differs decides. */
function isBelowOrder(scalar: Uint8Array): boolean {
  for (let i = ORDER_BYTES.length - 1; i >= 0; i -= 1) {
    const difference = (scalar[i] ?? 0) - (ORDER_BYTES[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Value of little-endian bytes. */
export function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

/** y of two of the four points of order 8; the other two have its negative. */
const ORDER_8_Y = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

/**
 * The seven y coordinates, as 255-bit integers, under which a point of small order can be written: those of the eight
 * points (0, 1, −1 and the two of order 8), and 0 and 1 with the field prime added, which a lax decoder would reduce.
 * Each with either sign bit makes 14 encodings.
 */
const SMALL_ORDER_Y: readonly Uint8Array[] = [0n, 1n, FIELD - 1n, FIELD, FIELD + 1n, ORDER_8_Y, FIELD - ORDER_8_Y].map(
  (y) => Uint8Array.from({ length: 32 }, (_, i) => Number((y >> BigInt(8 * i)) & 0xffn)),
);

/** Whether 32 bytes are one of the 14 encodings, canonical or not, of a point of small order. */
export function isSmallOrderEncoding(encoded: Uint8Array): boolean {
  const y = encoded.slice();
  y[31] = (y[31] ?? 0) & 0x7f;
  return SMALL_ORDER_Y.some((candidate) => equalBytes(candidate, y));
}
