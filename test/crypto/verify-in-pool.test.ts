import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyAlgorithm, PublicKey } from '../../src/core/crypto/public-key.ts';
import { verifySignature } from '../../src/core/crypto/verify-signature.ts';
import { verifyInPool } from '../../src/native/verify-in-pool.ts';
import { orSkip } from '../portable/published-vectors.ts';
import { text, type Vector } from '../portable/vector-set.ts';
import { unhex } from './backends.ts';
import { wycheproofEcdsa } from './ecdsa-vectors.ts';
import { RFC_8032, speccheckEd25519, strictEd25519, wycheproofEd25519 } from './ed25519-vectors.ts';

async function assertAlike(vectors: readonly Vector[], keyOf: (vector: Vector) => PublicKey): Promise<void> {
  await Promise.all(
    vectors.map(async (vector) => {
      const [message, signature] = [unhex(text(vector.input, 'message')), unhex(text(vector.input, 'signature'))];
      const key = keyOf(vector);
      assert.equal(String(await verifyInPool(key, message, signature)), vector.expected, vector.id);
      assert.equal(String(verifySignature(key, message, signature)), vector.expected, vector.id);
    }),
  );
}

/** A key that no check has seen: the verifier must make them all itself. */
function unchecked(algorithm: KeyAlgorithm, raw: Uint8Array): PublicKey {
  return { algorithm, raw, spki: raw };
}

test('in the pool the strict rule of Ed25519 gives the same answer as at once, for every vector', async (t) => {
  const published = [wycheproofEd25519(), speccheckEd25519()].map((vectors) => orSkip(t, vectors) ?? []);
  const vectors = [...RFC_8032, ...strictEd25519(), ...published.flat()];
  await assertAlike(vectors, ({ input }) => unchecked('ed25519', unhex(text(input, 'publicKey'))));
});

test('in the pool ECDSA gives the same answer as at once, for every vector', async (t) => {
  const vectors = orSkip(t, wycheproofEcdsa());
  if (vectors === undefined) return;
  await assertAlike(vectors, ({ input }) =>
    unchecked(text(input, 'curve') === 'P-256' ? 'ecdsa-p256' : 'ecdsa-p384', unhex(text(input, 'point'))),
  );
});
