import { createPublicKey, verify } from 'node:crypto';
import { boundedCache } from '../core/crypto/bounded-cache.ts';
import { checkEd25519Inputs } from '../core/crypto/ed25519-strict.ts';

/** Keys whose native form is remembered; the same number as in the strict checks. */
const KEYS_KEPT_MAX = 1024;
/** SubjectPublicKeyInfo of an Ed25519 key up to the key itself. Source: RFC 8410 §4. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The key in the library's form; for 32 bytes that passed the strict checks. */
export const ed25519Key = boundedCache(KEYS_KEPT_MAX, (key) =>
  createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key]), format: 'der', type: 'spki' }),
);

/**
 * Whether the 64-byte signature over the message was made by the 32-byte key, by the strict rule; false, never a
 * throw, for input of any other form. The checks before the native call are what keeps every backend, and every version
 * of the native library, at one answer. Source: RFC 8032 §5.1.7 without cofactor, docs/spec/crypto.md §2.
 */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (checkEd25519Inputs(signature, publicKey) === undefined) return false;
  return verify(null, message, ed25519Key(publicKey), signature);
}
