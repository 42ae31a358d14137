import { verifyEcdsa } from '#ecdsa';
import { verifyEd25519 } from '#ed25519';
import type { PublicKey } from './public-key.ts';
import { verifyRsa } from './rsa-signature.ts';

/**
 * Whether the signature over the message was made by the key; false, never a throw, for a signature of any other form.
 *
 * Ed25519: 64 bytes, strict rule. ECDSA: strict DER; P-256 with SHA-256; P-384 with SHA-384, else with SHA-256, which
 * older cosign releases used for every curve. RSA: PKCS #1 v1.5 with SHA-256. Source: docs/spec/crypto.md §2 and §3.
 */
export function verifySignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  switch (key.algorithm) {
    case 'ed25519':
      return verifyEd25519(signature, message, key.raw);
    case 'ecdsa-p256':
      return verifyEcdsa({ curve: 'P-256', hash: 'SHA-256' }, signature, message, key.raw);
    case 'ecdsa-p384':
      return (
        verifyEcdsa({ curve: 'P-384', hash: 'SHA-384' }, signature, message, key.raw) ||
        verifyEcdsa({ curve: 'P-384', hash: 'SHA-256' }, signature, message, key.raw)
      );
    case 'rsa':
      return verifyRsa(signature, message, key.raw);
  }
}
