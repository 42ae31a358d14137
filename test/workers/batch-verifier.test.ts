import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { PublicKey } from '../../src/core/crypto/public-key.ts';
import { verifySignature } from '../../src/core/crypto/verify-signature.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import { BATCH_VERIFIER_LIMITS, BatchVerifier, type BatchVerifierLimits } from '../../src/workers/batch-verifier.ts';
import { formatSignatureBatch, parseSignatureBatch } from '../../src/workers/signature-batch.ts';

type Signed = { readonly key: PublicKey; readonly message: Uint8Array; readonly signature: Uint8Array };

function signed(type: 'ed25519' | 'ec', count: number, bytes = 40): readonly Signed[] {
  const { privateKey } =
    type === 'ec' ? generateKeyPairSync(type, { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const key = signingKey(privateKey);
  return Array.from({ length: count }, (_, n) => {
    const message = new Uint8Array(bytes + n).fill(n);
    const signature = new Uint8Array(sign(type === 'ec' ? 'sha256' : null, message, privateKey));
    return { key: key.publicKey, message, signature };
  });
}

/** A verifier whose worker runs `body` for each batch, in place of the real program, and how often it verified elsewhere. */
function verifierOf(t: TestContext, body: string | undefined, limits: Partial<BatchVerifierLimits> = {}) {
  const elsewhere = { calls: 0 };
  const text = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', (batch) => { ${body} });`;
  const program = body === undefined ? undefined : new URL(`data:text/javascript,${encodeURIComponent(text)}`);
  const verifier = new BatchVerifier(
    async (key, message, signature) => {
      elsewhere.calls += 1;
      return verifySignature(key, message, signature);
    },
    { ...BATCH_VERIFIER_LIMITS, ...limits },
    program,
  );
  t.after(() => verifier.close());
  const verifyAll = (all: readonly Signed[]) =>
    Promise.all(all.map(({ key, message, signature }) => verifier.verify(key, message, signature)));
  return { verifier, verifyAll, elsewhere };
}

/** Every third signature is over another message. */
function spoil(all: readonly Signed[]): readonly Signed[] {
  return all.map((each, n) => (n % 3 === 0 ? { ...each, message: each.message.map((byte) => byte ^ 1) } : each));
}

test('jobs of a batch come out as they went in', () => {
  const jobs = [...signed('ed25519', 3), ...signed('ed25519', 1, 5_000)].map(({ key, message, signature }) => ({
    key: key.raw,
    message,
    signature,
  }));
  assert.deepEqual(parseSignatureBatch(formatSignatureBatch(jobs)), jobs);
  assert.deepEqual(parseSignatureBatch(formatSignatureBatch([])), []);
});

test('signatures of one turn are verified together by the worker, good and bad ones, each with its own answer', async (t) => {
  const { verifyAll, elsewhere } = verifierOf(t, undefined, { batchMax: 8 });
  const all = spoil([...signed('ed25519', 15), ...signed('ed25519', 5)]);
  assert.deepEqual(
    await verifyAll(all),
    all.map((_, n) => n % 3 !== 0),
  );
  assert.equal(elsewhere.calls, 0);
  assert.deepEqual(await verifyAll(signed('ed25519', 2)), [true, true]);
});

test('one alone, other algorithms, long messages and malformed signatures are verified elsewhere', async (t) => {
  const { verifyAll, elsewhere } = verifierOf(t, 'throw new Error("nothing is to come here")', {
    messageBytesMax: 100,
  });
  assert.deepEqual(await verifyAll(signed('ed25519', 1)), [true]);
  assert.deepEqual(await verifyAll(spoil(signed('ec', 2))), [false, true]);
  assert.deepEqual(await verifyAll(signed('ed25519', 2, 101)), [true, true]);
  const short = signed('ed25519', 2).map((each) => ({ ...each, signature: each.signature.subarray(1) }));
  assert.deepEqual(await verifyAll(short), [false, false]);
  assert.equal(elsewhere.calls, 7);
});

test('what is too much for the worker at once is verified elsewhere', async (t) => {
  const { verifyAll, elsewhere } = verifierOf(t, undefined, { jobsMax: 4 });
  assert.deepEqual(await verifyAll(signed('ed25519', 10)), Array(10).fill(true));
  assert.equal(elsewhere.calls, 6);
});

for (const [lost, body] of [
  ['crashes', 'throw new Error("lost")'],
  ['ends', 'process.exit(0)'],
  ['is silent', ''],
] as const) {
  test(`what a worker had that ${lost} is verified elsewhere, and so is what comes next`, async (t) => {
    const { verifyAll, elsewhere } = verifierOf(t, body, { batchMsMax: 300 });
    const all = spoil(signed('ed25519', 5));
    const expected = [false, true, true, false, true];
    assert.deepEqual(await verifyAll(all), expected);
    assert.deepEqual(await verifyAll(all), expected);
    assert.equal(elsewhere.calls, 10);
  });
}

test('after a rest the next worker gets its chance', async (t) => {
  const { verifyAll } = verifierOf(t, 'if (batch.length > 400) throw 1; parentPort.postMessage(new Uint8Array(2));', {
    restMs: 0,
  });
  assert.deepEqual(await verifyAll(signed('ed25519', 4)), [true, true, true, true]);
  assert.deepEqual(await verifyAll(signed('ed25519', 2)), [false, false], 'this worker says no to everything');
});

test('a closed verifier leaves nothing unanswered', async (t) => {
  const { verifier, verifyAll, elsewhere } = verifierOf(t, '');
  const answers = verifyAll(signed('ed25519', 3));
  await verifier.close();
  assert.deepEqual(await answers, [true, true, true]);
  assert.deepEqual(await verifyAll(signed('ed25519', 2)), [true, true]);
  assert.equal(elsewhere.calls, 5);
});
