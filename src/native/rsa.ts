import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { boundedCache } from '../core/crypto/bounded-cache.ts';

const KEYS_KEPT_MAX = 1_024;

const keyOf = boundedCache(KEYS_KEPT_MAX, (modulus) =>
  createPublicKey({
    key: { kty: 'RSA', n: Buffer.from(modulus).toString('base64url'), e: 'AQAB' },
    format: 'jwk',
  }),
);

/**
 * base^65537 mod modulus, both big-endian, as many bytes as the modulus has. The base is below the modulus.
 * Source: RFC 8017 §5.2.2 (RSAVP1): encryption without padding is that operation and nothing else.
 */
export function rsaPower(modulus: Uint8Array, base: Uint8Array): Uint8Array {
  return new Uint8Array(publicEncrypt({ key: keyOf(modulus), padding: constants.RSA_NO_PADDING }, base));
}
