import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { boundedCache } from '../core/crypto/bounded-cache.ts';
import {
  type EcdsaCurve,
  type EcdsaParameters,
  hasUncompressedForm,
  parseEcdsaSignature,
} from '../core/crypto/ecdsa-signature.ts';

const KEYS_KEPT_MAX = 1024;
/** SubjectPublicKeyInfo up to the point. Source: RFC 5480 §2. */
const SPKI_PREFIXES = {
  'P-256': Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
  'P-384': Buffer.from('3076301006072a8648ce3d020106052b81040022036200', 'hex'),
} as const;
const HASHES = { 'SHA-256': 'sha256', 'SHA-384': 'sha384' } as const;

const NATIVE_KEYS = { 'P-256': nativeKeys('P-256'), 'P-384': nativeKeys('P-384') } as const;

/** Whether 0x04 ‖ x ‖ y (65 or 97 bytes) is a point of the curve with reduced coordinates. */
export function isEcdsaPoint(curve: EcdsaCurve, point: Uint8Array): boolean {
  return hasUncompressedForm(curve, point) && NATIVE_KEYS[curve](point) !== 'off-curve';
}

/**
 * Whether the DER signature over the message was made by the key with this uncompressed point; false, never a throw,
 * for a point off the curve or a signature that is not strict DER with r and s in [1, n − 1]. High s is accepted.
 * Source: FIPS 186-5 §6.4.2, docs/spec/crypto.md §3.
 */
export function verifyEcdsa(
  parameters: EcdsaParameters,
  signatureDer: Uint8Array,
  message: Uint8Array,
  point: Uint8Array,
): boolean {
  const signature = parseEcdsaSignature(parameters.curve, signatureDer);
  if (signature === undefined || !hasUncompressedForm(parameters.curve, point)) return false;
  const key = NATIVE_KEYS[parameters.curve](point);
  if (key === 'off-curve') return false;
  // r ‖ s as read above is passed on, so that no second DER reader has a say.
  return verify(HASHES[parameters.hash], message, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** The key of this uncompressed point in the library's form. */
export function ecdsaKey(curve: EcdsaCurve, point: Uint8Array): KeyObject | 'off-curve' {
  return hasUncompressedForm(curve, point) ? NATIVE_KEYS[curve](point) : 'off-curve';
}

function nativeKeys(curve: EcdsaCurve): (point: Uint8Array) => KeyObject | 'off-curve' {
  return boundedCache(KEYS_KEPT_MAX, (point) => {
    try {
      return createPublicKey({ key: Buffer.concat([SPKI_PREFIXES[curve], point]), format: 'der', type: 'spki' });
    } catch {
      return 'off-curve';
    }
  });
}
