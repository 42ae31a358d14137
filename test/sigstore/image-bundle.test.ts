import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, Verifier } from '@sigstore/verify';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatPublicKeyPem, type PublicKey } from '../../src/core/crypto/public-key.ts';
import { parseSigstoreBundle } from '../../src/core/dsse/sigstore-bundle.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { readReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const MANIFEST = encodeUtf8(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: `sha256:${'3'.repeat(64)}`,
      size: 7,
    },
    layers: [],
  }),
);

/** sigstore-js as the judge: signed by a key, with no log and no timestamp asked for. */
function judgeBySigstore(bundle: unknown, key: PublicKey): void {
  const publicKey = createPublicKey(formatPublicKeyPem(key));
  const verifier = new Verifier(
    {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tlogs: [],
      ctlogs: [],
      publicKey: () => ({ publicKey, validFor: () => true }),
    },
    { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 },
  );
  verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
}

test('the signature of an image is a bundle that sigstore-js and the strict reader accept, in the shape of cosign 3', async () => {
  await using under = await openServiceUnderTest();
  const signed = await openService(under.context).signImage(under.admin, {
    manifest: MANIFEST,
    repository: 'registry.example:5000/shop/api',
    annotations: { ring: 'canary' },
  });
  assert(signed.ok, JSON.stringify(signed));
  const { bundle, digest, simpleSigning, receipt } = signed.value;
  const key = under.keys.image.publicKey;
  judgeBySigstore(bundle, key);

  const read = parseSigstoreBundle(encodeUtf8(JSON.stringify(bundle)));
  assert(read.ok, JSON.stringify(read));
  assert.equal(read.value.mediaType, 'application/vnd.dev.sigstore.bundle.v0.3+json');
  // The hint that cosign writes, and no key id, which Go verifiers would compare with a fingerprint of their own.
  assert.equal(read.value.keyHint, createHash('sha256').update(key.spki).digest('base64'));
  assert.deepEqual(
    read.value.envelope.signatures.map(({ keyid }) => keyid),
    [''],
  );
  assert.deepEqual(JSON.parse(Buffer.from(read.value.envelope.payload).toString()), {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: digest.slice(7) }, annotations: { ring: 'canary' } }],
    predicateType: 'https://sigstore.dev/cosign/sign/v1',
    predicate: {},
  });

  const payload = Buffer.from(simpleSigning.payload, 'base64');
  const claim = JSON.parse(payload.toString());
  assert.equal(claim.critical.image['docker-manifest-digest'], digest);
  assert.equal(claim.critical.identity['docker-reference'], 'registry.example:5000/shop/api');
  assert(verify('sha256', payload, formatPublicKeyPem(key), Buffer.from(simpleSigning.signature, 'base64')));

  const logKey = parseVkey(under.context.logSigner.vkey);
  const taken = readReceipt(receipt);
  assert(logKey.ok && taken.ok && verifyReceipt(taken.value, [logKey.value]).ok);
});

test('sigstore-js refuses the bundle after any byte of what was signed changed, and under another key', async () => {
  await using under = await openServiceUnderTest();
  const signed = await openService(under.context).signImage(under.admin, {
    manifest: MANIFEST,
    repository: 'shop/api',
  });
  assert(signed.ok);
  const changed = JSON.parse(JSON.stringify(signed.value.bundle));
  const payload = Buffer.from(changed.dsseEnvelope.payload, 'base64');
  payload[payload.length - 3] = (payload.at(-3) ?? 0) ^ 1;
  changed.dsseEnvelope.payload = payload.toString('base64');
  assert.throws(() => judgeBySigstore(changed, under.keys.image.publicKey));
  assert.throws(() => judgeBySigstore(signed.value.bundle, under.keys.service.publicKey));
});

test('the same signing request gets the first signature again, byte for byte; other annotations get another entry', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const request = { manifest: MANIFEST, repository: 'shop/api' };
  const [first, again, other] = [
    await service.signImage(under.admin, request),
    await service.signImage(under.admin, request),
    await service.signImage(under.admin, { ...request, annotations: { ring: 'stable' } }),
  ];
  assert(first.ok && again.ok && other.ok);
  assert.deepEqual({ ...again.value, duplicate: false }, first.value);
  assert.equal(again.value.duplicate, true);
  assert.notEqual(other.value.seq, first.value.seq);
});
