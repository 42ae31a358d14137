import { Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { equalBytes } from '../encoding/bytes.ts';
import { checkEd25519Inputs, littleEndian } from './ed25519-strict.ts';

const ORDER = Point.CURVE().n;

/**
 * Whether the 64-byte signature over the message was made by the 32-byte key, by the strict rule; false, never a
 * throw, for input of any other form. The library's own `verify` multiplies by the cofactor and so accepts more; here
 * the encoding of [S]B − [k]A must equal R byte for byte. Source: RFC 8032 §5.1.7 without cofactor, docs/spec/crypto.md §2.
 */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const key = checkEd25519Inputs(signature, publicKey);
  if (key === undefined) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  const k = littleEndian(sha512.create().update(r).update(publicKey).update(message).digest()) % ORDER;
  const difference = Point.BASE.multiply(s, false).subtract(key.multiply(k, false));
  return equalBytes(difference.toBytes(), r);
}
