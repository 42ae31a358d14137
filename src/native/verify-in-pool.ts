import { type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto';
import { parseEcdsaSignature } from '../core/crypto/ecdsa-signature.ts';
import { checkEd25519Inputs } from '../core/crypto/ed25519-strict.ts';
import type { PublicKey } from '../core/crypto/public-key.ts';
import { verifySignature } from '../core/crypto/verify-signature.ts';
import { ecdsaKey } from './ecdsa.ts';
import { ed25519Key } from './ed25519.ts';

/**
 * The same as `verifySignature`, with the curve arithmetic of the usual algorithms on a thread of the library's pool, so
 * that others are served meanwhile. Every check that makes the rule strict comes before, as there; what remains is the
 * same call with the same arguments. P-384, which may take two tries, and RSA, which takes little, are verified at once.
 */
export async function verifyInPool(key: PublicKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  switch (key.algorithm) {
    case 'ed25519':
      if (checkEd25519Inputs(signature, key.raw) === undefined) return false;
      return verifyLater(null, message, ed25519Key(key.raw), signature);
    case 'ecdsa-p256': {
      const parsed = parseEcdsaSignature('P-256', signature);
      const native = parsed === undefined ? 'off-curve' : ecdsaKey('P-256', key.raw);
      if (parsed === undefined || native === 'off-curve') return false;
      return verifyLater('sha256', message, { key: native, dsaEncoding: 'ieee-p1363' }, parsed);
    }
    case 'ecdsa-p384':
    case 'rsa':
      return verifySignature(key, message, signature);
  }
}

function verifyLater(
  hash: 'sha256' | null,
  message: Uint8Array,
  key: KeyObject | VerifyKeyObjectInput,
  signature: Uint8Array,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(hash, message, key, signature, (error, verified) => (error === null ? resolve(verified) : reject(error)));
  });
}
