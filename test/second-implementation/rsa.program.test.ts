import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePublicKey } from '../../src/core/crypto/public-key.ts';
import { rsaPair, spkiOf, strictRsa, wycheproofRsa } from '../crypto/rsa-vectors.ts';
import type { Vector } from '../portable/vector-set.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { askLayers, base64, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
const EXPONENT = 65_537n;

async function assertVectors(vectors: readonly Vector[]): Promise<void> {
  const hex = (text: unknown) => base64(Buffer.from(String(text), 'hex'));
  const answers = await askLayers(
    vectors.map(({ input }) => {
      const { spki, message, signature } = input as Record<string, string>;
      return { run: 'signature', key: hex(spki), message: hex(message), signature: hex(signature) };
    }),
  );
  for (const [index, { id, expected }] of vectors.entries()) {
    const { value, fault } = answers[index] ?? {};
    assert.equal(fault ?? String(value), expected, id);
  }
}

test('RSA: the second implementation verifies what it must, and no padding that a lax reader takes', {
  skip,
}, async () => {
  await assertVectors(strictRsa([2048, 3072, 4096]));
});

test('RSA: Wycheproof comes out as published', { skip }, async (t) => {
  const vectors = wycheproofRsa();
  if (vectors === undefined) return t.skip('NOT CHECKED: wycheproof/rsa_signature_*_sha256_test.json not present');
  await assertVectors(vectors);
  return undefined;
});

/** A SubjectPublicKeyInfo of the form of docs/spec/crypto.md section 1, of any modulus. */
function spkiOfModulus(modulus: bigint, bytes = 256): Buffer {
  const n = Buffer.from(modulus.toString(16).padStart(2 * bytes, '0'), 'hex');
  const two = (length: number) => length.toString(16).padStart(4, '0');
  const [head, bits, key, number] = [n.length + 34, n.length + 15, n.length + 10, n.length + 1].map(two);
  const before = `3082${head}300d06092a864886f70d01010105000382${bits}003082${key}0282${number}00`;
  return Buffer.concat([Buffer.from(before, 'hex'), n, Buffer.from('0203010001', 'hex')]);
}

const isqrt = (n: bigint): bigint => {
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (let next = (root + n / root) >> 1n; next < root; next = (root + n / root) >> 1n) root = next;
  return root;
};

const small = Array.from({ length: 4_096 }, (_, n) => n).filter((n) => {
  return n > 1 && !Array.from({ length: 64 }, (__, d) => d).some((d) => d > 1 && d * d <= n && n % d === 0);
});

test('RSA: keys that are weak are refused by both, and those that barely are not by neither (crypto/weak-key)', {
  skip,
}, async () => {
  const random = seededRandom(51);
  const bits = (count: number) => {
    const digits = Array.from({ length: count / 4 }, () => Math.floor(random() * 16).toString(16)).join('');
    return BigInt(`0x${digits}`) | (1n << BigInt(count - 1)) | 1n;
  };
  const cases: [string, bigint][] = [];
  const withoutSmallFactors = (draw: () => bigint) => {
    for (let n = draw(); ; n = draw()) if (small.every((prime) => n % BigInt(prime) !== 0n)) return n;
  };
  for (let count = 0; count < 12; count += 1) {
    cases.push(['no small factor', withoutSmallFactors(() => bits(2_048))]);
    cases.push(['any', bits(2_048)]);
    const prime = BigInt(small[count * 40] ?? 2);
    cases.push([`a multiple of ${prime}`, (bits(2_048) / prime) * prime]);
    cases.push(['square', withoutSmallFactors(() => (bits(1_024) | (3n << 1_022n)) ** 2n)]);
  }
  cases.push(['even', bits(2_048) - 1n]);
  cases.push(['a multiple of 4099', withoutSmallFactors(() => (bits(2_048) / 4_099n) * 4_099n)]);
  // n = (a - b)(a + b), where a is so many steps above the root of n.
  for (const steps of [1n, 2n, 50n, 99n, 100n, 101n, 102n, 200n]) {
    const close = () => {
      const a = bits(1_024) | (3n << 1_022n);
      const b = isqrt(a * (2n * steps - 1n));
      return a * a - (b - (b % 2n)) ** 2n;
    };
    cases.push([`factors ${steps} steps from the root`, withoutSmallFactors(close)]);
  }
  // The fingerprint of CVE-2017-15361: with every prime, and with all but one.
  const primes = small.filter((prime) => prime > 2 && prime <= 167).map(BigInt);
  const product = primes.reduce((all, prime) => all * prime, 1n);
  const power = (exponent: bigint, modulus: bigint) => {
    let found = 1n;
    for (let n = 0n; n < exponent; n += 1n) found = (found * EXPONENT) % modulus;
    return found;
  };
  const fingerprinted = (modulus: bigint, remainder: bigint) =>
    withoutSmallFactors(() => {
      const n = bits(2_048);
      return n - (n % (modulus * 2n)) + remainder + (remainder % 2n === 0n ? modulus : 0n);
    });
  for (const exponent of [0n, 1n, 17n, 1_000n])
    cases.push([`fingerprint ${exponent}`, fingerprinted(product, power(exponent, product))]);
  for (const left of [11n, 37n, 97n, 167n]) {
    const others = product / left;
    const spared = fingerprinted(others, power(17n, others));
    cases.push([`fingerprint but for ${left}`, spared]);
  }
  const spkis = cases.map(([, modulus]) => spkiOfModulus(modulus));
  const answers = await askLayers(spkis.map((key) => ({ run: 'spki', key: base64(key) })));
  const found = cases.map(([name], index) => {
    const own = parsePublicKey(spkis[index] ?? Buffer.of());
    const code = own.ok ? 'read' : own.fault.code;
    assert.equal(answers[index]?.fault ?? 'read', code, name);
    return code;
  });
  assert(found.filter((code) => code === 'read').length > 12);
  assert(found.filter((code) => code === 'crypto/weak-key').length > 20);
});

test('RSA: of every byte around the modulus, both read one', { skip }, async () => {
  const spki = Buffer.from(spkiOf(rsaPair(2048).publicKey));
  const places = [...Array(34).keys(), ...Array.from({ length: 6 }, (_, index) => spki.length - 1 - index)];
  const changed = places.flatMap((place) =>
    [0, 4, 7].map((bit) => Buffer.from(spki).fill((spki[place] ?? 0) ^ (1 << bit), place, place + 1)),
  );
  const lengths = [0, 1, 37, 38, 293, 295].map((length) => Buffer.concat([spki, spki]).subarray(0, length));
  const sizes = [255, 256, 257, 512, 513].map((bytes) => spkiOfModulus((1n << BigInt(8 * bytes - 1)) + 4_099n, bytes));
  const keys = [spki, ...changed, ...lengths, ...sizes];
  const answers = await askLayers(keys.map((key) => ({ run: 'spki', key: base64(key) })));
  for (const [index, key] of keys.entries()) {
    const own = parsePublicKey(key);
    assert.equal(answers[index]?.fault === undefined, own.ok, `${index}`);
  }
  assert.equal(answers[0]?.fault, undefined);
});
