import assert from 'node:assert/strict';
import {
  checkPrimeSync,
  createPublicKey,
  generateKeyPairSync,
  generatePrimeSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { describe, it } from 'node:test';
import { type PublicKey, parsePublicKey } from '../../src/core/crypto/public-key.ts';
import * as portable from '../../src/core/crypto/rsa-bigint.ts';
import { isWeakModulus } from '../../src/core/crypto/rsa-key.ts';
import { verifySignature } from '../../src/core/crypto/verify-signature.ts';
import * as native from '../../src/native/rsa.ts';
import { verifyInPool } from '../../src/native/verify-in-pool.ts';
import { text, type Vector } from '../portable/vector-set.ts';
import { unhex } from './backends.ts';
import { rsaPair, spkiOf, strictRsa, wycheproofRsa } from './rsa-vectors.ts';

const LENGTHS = [2048, 3072, 4096] as const;

function parsed(spki: Uint8Array): PublicKey {
  const key = parsePublicKey(spki);
  assert(key.ok, JSON.stringify(key));
  return key.value;
}

const codeOf = (spki: Uint8Array) => {
  const key = parsePublicKey(spki);
  return key.ok ? 'ok' : key.fault.code;
};

/** The answer of the code under test, after both backends gave the same power. */
function answer({ input }: Pick<Vector, 'input'>): string {
  const [spki, message, signature] = ['spki', 'message', 'signature'].map((name) => unhex(text(input, name)));
  assert(spki !== undefined && message !== undefined && signature !== undefined);
  const key = parsePublicKey(spki);
  if (!key.ok) return key.fault.code;
  const { raw } = key.value;
  if (signature.length === raw.length && Buffer.compare(signature, raw) < 0)
    assert.deepEqual(portable.rsaPower(raw, signature), native.rsaPower(raw, signature));
  return String(verifySignature(key.value, message, signature));
}

/** SubjectPublicKeyInfo of a modulus, by node:crypto. */
function spkiOfModulus(modulus: bigint, exponent = 65_537): Uint8Array {
  const n = Buffer.from(modulus.toString(16).padStart(512, '0'), 'hex').toString('base64url');
  const e = Buffer.from(exponent.toString(16).padStart(6, '0'), 'hex').toString('base64url');
  return spkiOf(createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }));
}

/** Big-endian bytes, without zeros in front. */
function bytesOf(number: bigint): Uint8Array {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

const prime = (bits: number) => generatePrimeSync(bits, { bigint: true });

/** The next prime after a number. */
function primeAfter(number: bigint): bigint {
  let candidate = number | 1n;
  while (!checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

/** A prime of about so many bits as Infineon's library drew them: k · M + 65537^a mod M. */
function fingerprintedPrime(bits: number): bigint {
  const product = [...Array(168).keys()]
    .filter((n) => n > 1 && checkPrimeSync(BigInt(n)))
    .reduce((m, p) => m * BigInt(p), 1n);
  const spare = BigInt(`0x${randomBytes(4).toString('hex')}`);
  let power = 1n;
  for (let square = 0; square < 40; square += 1)
    power = (power * power * (spare >> BigInt(square) ? 65_537n : 1n)) % product;
  for (let k = (1n << BigInt(bits - 1)) / product + spare; ; k += 1n)
    if (checkPrimeSync(k * product + power)) return k * product + power;
}

describe('RSA', () => {
  it('verifies what node:crypto signs, and nothing else, alike on both backends', () => {
    for (const vector of strictRsa(LENGTHS)) assert.equal(answer(vector), vector.expected, vector.id);
  });

  it('answers every Wycheproof case as stated', (t) => {
    const vectors = wycheproofRsa();
    if (vectors === undefined) {
      t.skip('NOT CHECKED: wycheproof/rsa_signature_*_sha256_test.json not present');
      return;
    }
    assert.equal(vectors.length, 259 + 259 + 258);
    for (const vector of vectors) assert.equal(answer(vector), vector.expected, vector.id);
  });

  it('agrees with node:crypto on signatures with any byte changed', async () => {
    const { privateKey, publicKey } = rsaPair(2048);
    const key = parsed(spkiOf(publicKey));
    for (let round = 0; round < 200; round += 1) {
      const message = randomBytes(round);
      const signature = sign('sha256', message, privateKey);
      const place = round % signature.length;
      if (round % 4 !== 0) signature[place] = (signature[place] ?? 0) ^ (1 << (round % 8));
      const expected = verify('sha256', message, publicKey, signature);
      assert.equal(verifySignature(key, message, signature), expected);
      assert.equal(await verifyInPool(key, message, signature), expected);
      assert.equal(expected, round % 4 === 0);
    }
  });

  it('reads the one DER form of a key, and no other byte of it (crypto/malformed-key, crypto/unsupported-algorithm)', () => {
    for (const bits of LENGTHS) {
      const spki = spkiOf(rsaPair(bits).publicKey);
      assert.equal(parsed(spki).algorithm, 'rsa');
      assert.deepEqual(parsed(spki).spki, spki);
      for (const place of [...Array(33).keys(), ...Array.from({ length: 5 }, (_, index) => spki.length - 1 - index)]) {
        for (const bit of [0, 7]) {
          const changed = spki.slice();
          changed[place] = (changed[place] ?? 0) ^ (1 << bit);
          assert.match(codeOf(changed), /^crypto\/(?:malformed-key|unsupported-algorithm)$/, `${bits} ${place}`);
        }
      }
      for (let length = 0; length < spki.length; length += 7)
        assert.equal(codeOf(spki.slice(0, length)), 'crypto/malformed-key');
    }
  });

  it('refuses other lengths and exponents (crypto/unsupported-algorithm)', () => {
    for (const modulusLength of [1024, 2046, 5120]) {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
      assert.equal(codeOf(spkiOf(publicKey)), 'crypto/unsupported-algorithm', String(modulusLength));
    }
    const { n = '' } = rsaPair(2048).publicKey.export({ format: 'jwk' });
    const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
    for (const exponent of [1, 2, 3, 17, 65_536, 65_539])
      assert.equal(codeOf(spkiOfModulus(modulus, exponent)), 'crypto/unsupported-algorithm', String(exponent));
    assert.equal(codeOf(spkiOfModulus(modulus)), 'ok');
  });

  it('refuses a modulus whose factors are easily found (crypto/weak-key)', () => {
    const [short, odd] = [prime(256), prime(1024)];
    const weak: Record<string, bigint> = {
      even: 2n * odd,
      'with the factor 3': 3n * odd,
      'with the factor 4093': 4093n * odd,
      'of neighbouring primes': short * primeAfter(short + 2n),
      square: odd * odd,
      'with the fingerprint of CVE-2017-15361': fingerprintedPrime(320) * fingerprintedPrime(321),
    };
    for (const [what, modulus] of Object.entries(weak)) assert.equal(isWeakModulus(bytesOf(modulus)), true, what);
    assert.equal(codeOf(spkiOfModulus(odd * odd)), 'crypto/weak-key');
    for (let round = 0; round < 3; round += 1) {
      const modulus = prime(1024) * prime(1024);
      assert.equal(isWeakModulus(bytesOf(modulus)), false);
    }
  });
});
