import { p256, p384 } from '@noble/curves/nist.js';
import { type EcdsaCurve, type EcdsaParameters, hasUncompressedForm, parseEcdsaSignature } from './ecdsa-signature.ts';
import { sha256, sha384 } from './sha256-noble.ts';

const CURVES = { 'P-256': p256, 'P-384': p384 } as const;
const HASHES = { 'SHA-256': sha256, 'SHA-384': sha384 } as const;

/** Whether 0x04 ‖ x ‖ y (65 or 97 bytes) is a point of the curve with reduced coordinates. */
export function isEcdsaPoint(curve: EcdsaCurve, point: Uint8Array): boolean {
  if (!hasUncompressedForm(curve, point)) return false;
  try {
    CURVES[curve].Point.fromBytes(point).assertValidity();
    return true;
  } catch {
    return false;
  }
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
  if (signature === undefined || !isEcdsaPoint(parameters.curve, point)) return false;
  const options = { prehash: false, lowS: false, format: 'compact' } as const;
  return CURVES[parameters.curve].verify(signature, HASHES[parameters.hash](message), point, options);
}
