import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { readReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import type { ServiceContext } from '../../src/service/context.ts';
import { signImage } from '../../src/service/sign-image.ts';
import { submitAttestation } from '../../src/service/submit-attestation.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const MANIFEST = encodeUtf8(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 },
    layers: [],
  }),
);
const DIGEST = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;
const SARIF = encodeUtf8(
  JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'lint' } }, results: [] }] }),
);

test('an image is signed, attested, and each receipt verifies offline with the log key', async () => {
  await using service = await openServiceUnderTest();
  const logKey = parseVkey(service.context.logSigner.vkey);
  assert(logKey.ok);
  const signed = await signImage(service.context, service.admin, { manifest: MANIFEST, repository: 'shop/api' });
  assert(signed.ok, JSON.stringify(signed));
  assert.equal(signed.value.digest, DIGEST);
  const attested = await submitAttestation(service.context, service.admin, {
    body: SARIF,
    subject: DIGEST,
    repository: 'shop/api',
    stage: 'lint',
  });
  assert(attested.ok, JSON.stringify(attested));
  for (const { receipt } of [signed.value, attested.value]) {
    const read = readReceipt(receipt);
    assert(read.ok);
    assert(verifyReceipt(read.value, [logKey.value]).ok);
  }
});

test('a submission over 256 KiB is read away from the main thread, and becomes what it would have become there', async () => {
  await using service = await openServiceUnderTest();
  const { readLarge } = service.context;
  let asked = 0;
  const context: ServiceContext = {
    ...service.context,
    readLarge: (submitted) => {
      asked += 1;
      return readLarge(submitted);
    },
  };
  const place = { subject: DIGEST, repository: 'shop/api', stage: 'lint' };
  const large = Buffer.concat([SARIF, Buffer.alloc(256 * 1024, 0x20)]);
  const [short, long] = [
    await submitAttestation(context, service.admin, { ...place, body: SARIF }),
    await submitAttestation(context, service.admin, { ...place, body: large }),
  ];
  assert(short.ok && long.ok);
  assert.equal(asked, 1);
  const [one, other] = [readReceipt(short.value.receipt), readReceipt(long.value.receipt)];
  assert(one.ok && other.ok);
  assert.notEqual(long.value.seq, short.value.seq, 'other bytes');
  assert.equal(other.value.entry.payload?.size, one.value.entry.payload?.size);
  const unread = { ...place, body: Buffer.alloc(300_000, 0x22) };
  const refused = await submitAttestation(context, service.admin, unread);
  assert.equal(refused.ok ? 'ok' : refused.fault.code, 'statement/unrecognised-document');
});

test('20 writers racing on one image leave no fork, no gap and no duplicate', async () => {
  await using service = await openServiceUnderTest();
  const logKey = parseVkey(service.context.logSigner.vkey);
  assert(logKey.ok);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      submitAttestation(service.context, service.admin, {
        body: SARIF,
        subject: DIGEST,
        repository: 'shop/api',
        stage: `lint-${index}`,
      }),
    ),
  );
  const links = answers.map((answer) => {
    assert(answer.ok);
    const receipt = readReceipt(answer.value.receipt);
    assert(receipt.ok && verifyReceipt(receipt.value, [logKey.value]).ok);
    return receipt.value.entry.keys[0]?.n;
  });
  assert.deepEqual(
    links.sort((a = 0, b = 0) => a - b),
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
});

test('the same body 50 times at once becomes one entry and 50 equal receipts', async () => {
  await using service = await openServiceUnderTest();
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      submitAttestation(service.context, service.admin, {
        body: SARIF,
        subject: DIGEST,
        repository: 'shop/api',
        stage: 'lint',
      }),
    ),
  );
  const receipts = answers.map((answer) => {
    assert(answer.ok);
    return JSON.stringify(answer.value.receipt);
  });
  assert.equal(new Set(receipts).size, 1);
  assert.equal(answers.filter((answer) => answer.ok && !answer.value.duplicate).length, 1);
});
