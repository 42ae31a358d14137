import { toBigInt } from './rsa-key.ts';

/**
 * base^65537 mod modulus, both big-endian, as many bytes as the modulus has. The base is below the modulus.
 * Source: RFC 8017 §5.2.2 (RSAVP1).
 */
export function rsaPower(modulus: Uint8Array, base: Uint8Array): Uint8Array {
  const n = toBigInt(modulus);
  const value = toBigInt(base);
  let power = value;
  for (let square = 0; square < 16; square += 1) power = (power * power) % n;
  const digits = ((power * value) % n).toString(16).padStart(2 * modulus.length, '0');
  return Uint8Array.from({ length: modulus.length }, (_, place) =>
    Number.parseInt(digits.slice(2 * place, 2 * place + 2), 16),
  );
}
