import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type EcdsaCurve, type EcdsaHash, parseEcdsaSignature } from '../../src/core/crypto/ecdsa-signature.ts';
import { orSkip } from '../portable/published-vectors.ts';
import { text } from '../portable/vector-set.ts';
import { BACKENDS, unhex } from './backends.ts';
import { wycheproofEcdsa } from './ecdsa-vectors.ts';

const CURVES = [
  { curve: 'P-256', order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n },
  {
    curve: 'P-384',
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
] as const;
const HASHES = ['SHA-256', 'SHA-384'] as const;

function keyOf(curve: EcdsaCurve): { secret: KeyObject; point: Uint8Array } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return { secret: privateKey, point: Uint8Array.from(spki.subarray(spki.length - (curve === 'P-256' ? 65 : 97))) };
}

/** All backends' answers, which must be one. */
function answer(
  curve: EcdsaCurve,
  hash: EcdsaHash,
  signature: Uint8Array,
  message: Uint8Array,
  point: Uint8Array,
): boolean {
  const [native, noble] = BACKENDS.map((backend) => backend.verifyEcdsa({ curve, hash }, signature, message, point));
  assert.equal(native, noble, `backends disagree on ${Buffer.from(signature).toString('hex')}`);
  return native === true;
}

/** DER of r and s with every header written anew. */
function der(r: bigint, s: bigint): Uint8Array {
  const integer = (n: bigint): Buffer => {
    const hex = n.toString(16);
    const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
    const signed = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
    return Buffer.concat([Buffer.of(2, signed.length), signed]);
  };
  const body = Buffer.concat([integer(r), integer(s)]);
  return Uint8Array.from([0x30, body.length, ...body]);
}

describe('verifyEcdsa', () => {
  it('answers every Wycheproof case as stated, alike on both backends', (t) => {
    const vectors = orSkip(t, wycheproofEcdsa());
    if (vectors === undefined) return;
    assert.equal(vectors.length, 484 + 504);
    for (const { id, input, expected } of vectors) {
      const curve = text(input, 'curve') as EcdsaCurve;
      const hash = text(input, 'hash') as EcdsaHash;
      const [signature, message, point] = ['signature', 'message', 'point'].map((name) => unhex(text(input, name)));
      assert(signature !== undefined && message !== undefined && point !== undefined);
      assert.equal(String(answer(curve, hash, signature, message, point)), expected, id);
    }
  });

  for (const { curve, order } of CURVES) {
    for (const hash of HASHES) {
      it(`accepts what node:crypto signs on ${curve} with ${hash}, with high and with low s`, () => {
        const { secret, point } = keyOf(curve);
        const message = Buffer.from('custody of one image');
        const raw = sign(hash.replace('-', ''), message, { key: secret, dsaEncoding: 'ieee-p1363' }).toString('hex');
        const r = BigInt(`0x${raw.slice(0, raw.length / 2)}`);
        const s = BigInt(`0x${raw.slice(raw.length / 2)}`);
        assert.equal(answer(curve, hash, der(r, s), message, point), true);
        assert.equal(answer(curve, hash, der(r, order - s), message, point), true);
        assert.equal(answer(curve, hash, der(r + 1n, s), message, point), false);
      });
    }

    it(`refuses r or s outside [1, n - 1] on ${curve}`, () => {
      const { point } = keyOf(curve);
      for (const [r, s] of [
        [0n, 1n],
        [1n, 0n],
        [order, 1n],
        [1n, order],
        [order + 1n, 1n],
        [1n, 2n * order],
      ] as const) {
        assert.equal(answer(curve, 'SHA-256', der(r, s), new Uint8Array(), point), false);
        assert.equal(parseEcdsaSignature(curve, der(r, s)), undefined);
      }
      assert(parseEcdsaSignature(curve, der(1n, order - 1n)) !== undefined);
    });

    it(`refuses every other encoding of the numbers of a ${curve} signature`, () => {
      // Short numbers, so that the longer encodings stay within the length that a signature may have.
      const good = [...der(0x11n, 0x22n)];
      assert.equal(Buffer.from(good).toString('hex'), '3006020111020122');
      const sizeBytes = curve === 'P-256' ? 32 : 48;
      const expected = Buffer.alloc(2 * sizeBytes);
      expected[sizeBytes - 1] = 0x11;
      expected[2 * sizeBytes - 1] = 0x22;
      assert.deepEqual(parseEcdsaSignature(curve, Uint8Array.from(good)), Uint8Array.from(expected));
      const OTHERS = {
        'trailing byte inside': '300702011102012200',
        'trailing byte outside': '300602011102012200',
        'leading zero in r': '300702020011020122',
        'leading zero in s': '300702011102020022',
        'long length of the sequence': '308106020111020122',
        'long length of r': '300702810111020122',
        'indefinite length': '30800201110201220000',
        'negative r': '3006020181020122',
        'negative s': '3006020111020182',
        'empty r': '30050200020122',
        'empty s': '30050201110200',
        'one number': '3003020111',
        'three numbers': '3009020111020122020133',
        'set for sequence': '3106020111020122',
        'octets for r': '3006040111020122',
        'octets for s': '3006020111040122',
        'length of s beyond the end': '3006020111020222',
        'sequence too long': '3007020111020122',
        nothing: '',
      };
      for (const [name, hex] of Object.entries(OTHERS)) {
        assert.equal(parseEcdsaSignature(curve, unhex(hex)), undefined, name);
      }
    });

    it(`refuses a point that is off ${curve}, compressed, hybrid, not reduced or cut`, () => {
      const { secret, point } = keyOf(curve);
      const message = Buffer.from('m');
      const signature = Uint8Array.from(sign('SHA256', message, secret));
      assert.equal(answer(curve, 'SHA-256', signature, message, point), true);
      const off = point.slice();
      off[off.length - 1] = (off.at(-1) ?? 0) ^ 1;
      const hybrid = point.slice();
      hybrid[0] = 6 + ((point.at(-1) ?? 0) & 1);
      const compressed = point.slice(0, (point.length + 1) / 2);
      compressed[0] = 2 + ((point.at(-1) ?? 0) & 1);
      const full = new Uint8Array(point.length).fill(0xff);
      full[0] = 4;
      const zero = new Uint8Array(point.length);
      zero[0] = 4;
      for (const bad of [off, hybrid, compressed, full, zero, point.slice(1), point.slice(0, -1), new Uint8Array()]) {
        assert.equal(answer(curve, 'SHA-256', signature, message, bad), false);
        for (const backend of BACKENDS) assert.equal(backend.isEcdsaPoint(curve, bad), false);
      }
    });

    it(`answers alike on both backends for changed ${curve} signatures, and never throws`, () => {
      const { secret, point } = keyOf(curve);
      const message = Buffer.from('m');
      const signature = Uint8Array.from(sign('SHA256', message, secret));
      fc.assert(
        fc.property(fc.nat(signature.length - 1), fc.nat(255), fc.nat(3), (place, byte, kind) => {
          const changed = [...signature];
          if (kind === 0) changed[place] = byte;
          else if (kind === 1) changed.splice(place, 1);
          else if (kind === 2) changed.splice(place, 0, byte);
          else changed.length = place;
          const same = Buffer.from(changed).equals(signature);
          assert.equal(answer(curve, 'SHA-256', Uint8Array.from(changed), message, point), same);
        }),
        { numRuns: 150 },
      );
    });
  }
});
