import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isSmallOrderEncoding } from '../../src/core/crypto/ed25519-strict.ts';
import { orSkip } from '../portable/published-vectors.ts';
import { text, type Vector } from '../portable/vector-set.ts';
import { BACKENDS, unhex } from './backends.ts';
import {
  RFC_8032,
  smallOrderEncodings,
  speccheckEd25519,
  strictCasesPassing,
  strictEd25519,
  wycheproofEd25519,
} from './ed25519-vectors.ts';

type Backend = (typeof BACKENDS)[number];

function answer(backend: Backend, { input }: Vector): string {
  const [signature, message, key] = ['signature', 'message', 'publicKey'].map((name) => unhex(text(input, name)));
  assert(signature !== undefined && message !== undefined && key !== undefined);
  return String(backend.verifyEd25519(signature, message, key));
}

function assertAnswers(vectors: readonly Vector[]): void {
  for (const backend of BACKENDS) {
    for (const vector of vectors)
      assert.equal(answer(backend, vector), vector.expected, `${backend.name}: ${vector.id}`);
  }
}

/** Key and signer from a 32-byte seed, made by node:crypto alone. */
function signerOf(seed: Uint8Array): { key: Uint8Array; sign: (message: Uint8Array) => Uint8Array } {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const secret = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  return { key: Uint8Array.from(spki.subarray(12)), sign: (message) => Uint8Array.from(sign(null, message, secret)) };
}

describe('verifyEd25519', () => {
  it('accepts the signatures of RFC 8032 §7.1 on both backends', () => assertAnswers(RFC_8032));

  it('answers every Wycheproof case as stated, alike on both backends', (t) => {
    const vectors = orSkip(t, wycheproofEd25519());
    if (vectors === undefined) return;
    assert.equal(vectors.length, 151);
    assertAnswers(vectors);
  });

  it('refuses all twelve speccheck cases on both backends', (t) => {
    const vectors = orSkip(t, speccheckEd25519());
    if (vectors === undefined) return;
    assert.equal(vectors.length, 12);
    assertAnswers(vectors);
  });

  it('refuses torsion in R or in the key, small order and a large S, alike on both backends', () => {
    // The cases are worth something only while a rule that is less strict would let them through.
    assert.equal(strictCasesPassing('cofactorless').length, 20);
    assert.equal(strictCasesPassing('cofactored').length, 49);
    assertAnswers(strictEd25519());
  });

  it('refuses each of the 14 small-order encodings as a key and as R', () => {
    const [good] = RFC_8032;
    assert(good !== undefined);
    assert.equal(smallOrderEncodings().length, 14);
    for (const encoding of smallOrderEncodings()) {
      const asKey: Vector = { ...good, input: { ...(good.input as object), publicKey: encoding } };
      const asR: Vector = { ...good, input: { ...(good.input as object), signature: encoding + '0'.repeat(64) } };
      for (const backend of BACKENDS) {
        assert.equal(answer(backend, asKey), 'false');
        assert.equal(answer(backend, asR), 'false');
      }
    }
  });

  it('knows the 14 small-order encodings and takes no neighbour of one for another', () => {
    // The equation alone would refuse most of them as R, so that only this test sees each one.
    const encodings = new Set(smallOrderEncodings());
    for (const encoding of encodings) {
      assert.equal(isSmallOrderEncoding(unhex(encoding)), true, encoding);
      for (let bit = 0; bit < 256; bit++) {
        const near = unhex(encoding);
        near[bit >>> 3] = (near[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
        assert.equal(isSmallOrderEncoding(near), encodings.has(Buffer.from(near).toString('hex')));
      }
    }
  });

  it('answers false, not a throw, for any lengths of signature and key', () => {
    const bytes = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (signature, message, key) => {
        for (const backend of BACKENDS) assert.equal(backend.verifyEd25519(signature, message, key), false);
      }),
    );
  });

  it('accepts what node:crypto signs and refuses it with any one bit flipped, alike on both backends', () => {
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seed, fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.nat(), (secret, message, place) => {
        const signer = signerOf(secret);
        const signature = signer.sign(message);
        for (const backend of BACKENDS) {
          assert.equal(backend.verifyEd25519(signature, message, signer.key), true);
          const flipped = [signature, message, signer.key].map((bytes) => bytes.slice());
          const target = flipped[place % 3];
          assert(target !== undefined);
          const bit = (place >>> 2) % (8 * target.length);
          target[bit >>> 3] = (target[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
          const [s, m, k] = flipped;
          assert(s !== undefined && m !== undefined && k !== undefined);
          assert.equal(backend.verifyEd25519(s, m, k), false);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps its answers when more keys were seen than are remembered', () => {
    const [good] = RFC_8032;
    assert(good !== undefined);
    for (const backend of BACKENDS) {
      for (let i = 0; i < 1100; i++) {
        // Most of these are not points at all, which costs little and fills the memory just the same.
        const key = new Uint8Array(32).fill(0xff);
        key[0] = i & 0xff;
        key[1] = i >>> 8;
        assert.equal(backend.verifyEd25519(new Uint8Array(64).fill(7, 0, 32), key, key), false);
      }
      assert.equal(answer(backend, good), 'true');
    }
  });
});
