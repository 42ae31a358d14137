import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { boundedCache } from './bounded-cache.ts';

/** Length of the modulus in bytes: 2048 to 4096 bits, the first of which is set. */
export const RSA_BYTES_MIN = 256;
export const RSA_BYTES_MAX = 512;

const KEYS_KEPT_MAX = 1_024;
/** Bytes of the SubjectPublicKeyInfo that are not the modulus. */
const FORM_BYTES = 38;
/** SEQUENCE { OBJECT IDENTIFIER rsaEncryption, NULL }. Source: RFC 3279 §2.3.1. */
const ALGORITHM = Uint8Array.of(
  0x30,
  0x0d,
  0x06,
  0x09,
  0x2a,
  0x86,
  0x48,
  0x86,
  0xf7,
  0x0d,
  0x01,
  0x01,
  0x01,
  0x05,
  0x00,
);
/** INTEGER 65537. */
const EXPONENT = Uint8Array.of(0x02, 0x03, 0x01, 0x00, 0x01);

const SMALL_PRIMES: readonly bigint[] = primesBelow(4_096);
/** Primes of the fingerprint of keys that Infineon's library made from 2012 to 2017 (CVE-2017-15361). */
const FINGERPRINT_PRIMES = SMALL_PRIMES.filter((prime) => prime > 2n && prime <= 167n);
const FINGERPRINTS = FINGERPRINT_PRIMES.map((prime) => ({ prime, powers: powersOf(65_537n % prime, prime) }));
/** How many sums are tried for factors that lie close together. */
const CLOSE_FACTORS_TRIED = 100;

/**
 * The modulus of an RSA key in its one DER form, or undefined: a modulus of 2048 to 4096 bits in whole bytes, the exponent
 * 65537, every length in its shortest spelling. Source: RFC 8017 appendix A.1.1, docs/spec/crypto.md §1.
 */
export function rsaModulus(spkiDer: Uint8Array): Uint8Array | undefined {
  const bytes = spkiDer.length - FORM_BYTES;
  if (bytes < RSA_BYTES_MIN || bytes > RSA_BYTES_MAX) return undefined;
  const modulus = spkiDer.slice(33, 33 + bytes);
  if ((modulus[0] ?? 0) < 0x80) return undefined;
  return equalBytes(rsaSpki(modulus), spkiDer) ? modulus : undefined;
}

function rsaSpki(modulus: Uint8Array): Uint8Array {
  const k = modulus.length;
  return concatBytes(
    header(0x30, k + 34),
    ALGORITHM,
    header(0x03, k + 15),
    Uint8Array.of(0),
    header(0x30, k + 10),
    header(0x02, k + 1),
    Uint8Array.of(0),
    modulus,
    EXPONENT,
  );
}

/** Tag and length of two bytes: every length here is over 255. */
function header(tag: number, length: number): Uint8Array {
  return Uint8Array.of(tag, 0x82, length >> 8, length & 0xff);
}

/**
 * Whether a modulus shows that its factors can be found: it is even or has a small factor, bears the fingerprint of a
 * library whose keys were broken, or has two factors that lie close together. The latest 1024 answers are remembered.
 * Source: docs/spec/crypto.md §1.
 */
export const isWeakModulus: (modulus: Uint8Array) => boolean = boundedCache(KEYS_KEPT_MAX, (modulus) => {
  const n = toBigInt(modulus);
  return (
    SMALL_PRIMES.some((prime) => n % prime === 0n) ||
    FINGERPRINTS.every(({ prime, powers }) => powers.has(n % prime)) ||
    hasCloseFactors(n)
  );
});

/** Value of big-endian bytes. */
export function toBigInt(bytes: Uint8Array): bigint {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex === '' ? 0n : BigInt(`0x${hex}`);
}

/** Fermat's method: n = a² − b² for one of the first a from the root of n on. */
function hasCloseFactors(n: bigint): boolean {
  const root = squareRoot(n);
  if (root * root === n) return true;
  for (let a = root + 1n; a <= root + BigInt(CLOSE_FACTORS_TRIED); a += 1n) if (isSquare(a * a - n)) return true;
  return false;
}

/** Most numbers are told by what is left of them modulo 64. */
const SQUARES_MOD_64 = new Set(Array.from({ length: 64 }, (_, number) => BigInt((number * number) % 64)));

function isSquare(n: bigint): boolean {
  if (!SQUARES_MOD_64.has(n & 63n)) return false;
  const root = squareRoot(n);
  return root * root === n;
}

/** The greatest integer whose square is not over n, by Newton's method from above. */
function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function primesBelow(bound: number): readonly bigint[] {
  const primes: number[] = [];
  for (let candidate = 2; candidate < bound; candidate += 1)
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  return primes.map(BigInt);
}

function powersOf(base: bigint, prime: bigint): ReadonlySet<bigint> {
  const powers = new Set<bigint>();
  for (let power = 1n; !powers.has(power); power = (power * base) % prime) powers.add(power);
  return powers;
}
