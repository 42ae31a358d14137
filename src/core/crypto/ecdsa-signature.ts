import { concatBytes } from '../encoding/bytes.ts';

export type EcdsaCurve = 'P-256' | 'P-384';
export type EcdsaHash = 'SHA-256' | 'SHA-384';
export type EcdsaParameters = { readonly curve: EcdsaCurve; readonly hash: EcdsaHash };

/** Bytes of one coordinate and of one scalar, and the order n as big-endian bytes. Source: FIPS 186-5, SP 800-186 §3.2.1. */
export const ECDSA_CURVES = {
  'P-256': {
    sizeBytes: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  'P-384': {
    sizeBytes: 48,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
} as const satisfies Record<EcdsaCurve, { sizeBytes: number; order: bigint }>;

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const UNCOMPRESSED = 0x04;

/** Whether the bytes have the form of an uncompressed point: 0x04 ‖ x ‖ y. Says nothing about the curve equation. */
export function hasUncompressedForm(curve: EcdsaCurve, point: Uint8Array): boolean {
  return point.length === 1 + 2 * ECDSA_CURVES[curve].sizeBytes && point[0] === UNCOMPRESSED;
}

/**
 * r ‖ s, each as long as the curve's order, from a DER signature; undefined unless the encoding is the one that DER
 * allows and both are in [1, n − 1]. A high s is accepted: signers of container images write both forms, and nothing
 * here relies on a signature having one form. Source: RFC 3279 §2.2.3, X.690 §8.3 and §10.1.
 */
export function parseEcdsaSignature(curve: EcdsaCurve, der: Uint8Array): Uint8Array | undefined {
  const { sizeBytes } = ECDSA_CURVES[curve];
  // Two integers of at most 49 bytes with their headers stay below 128: the length is always one byte.
  if (der.length > 2 + 2 * (3 + sizeBytes) || der[0] !== SEQUENCE || der[1] !== der.length - 2) return undefined;
  const r = readScalar(curve, der, 2);
  if (r === undefined) return undefined;
  const s = readScalar(curve, der, r.end);
  if (s === undefined || s.end !== der.length) return undefined;
  return concatBytes(r.scalar, s.scalar);
}

/** The positive integer at `offset`, left-padded to the size of the order. */
function readScalar(
  curve: EcdsaCurve,
  der: Uint8Array,
  offset: number,
): { scalar: Uint8Array; end: number } | undefined {
  const { sizeBytes, order } = ECDSA_CURVES[curve];
  const length = der[offset + 1];
  if (der[offset] !== INTEGER || length === undefined || length === 0 || length > sizeBytes + 1) return undefined;
  const end = offset + 2 + length;
  if (end > der.length) return undefined;
  const first = der[offset + 2] ?? 0;
  const second = der[offset + 3] ?? 0;
  // Negative, or a leading zero that no sign bit calls for: not the one DER form.
  if (first >= 0x80 || (first === 0 && length > 1 && second < 0x80)) return undefined;
  const digits = der.subarray(first === 0 ? offset + 3 : offset + 2, end);
  let value = 0n;
  for (const digit of digits) value = (value << 8n) | BigInt(digit);
  if (value === 0n || value >= order) return undefined;
  const scalar = new Uint8Array(sizeBytes);
  scalar.set(digits, sizeBytes - digits.length);
  return { scalar, end };
}
