import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { formatPublicKeyPem } from '../../src/core/crypto/public-key.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { trustLogKey } from '../../src/core/custody/trust-file.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { buildStatement } from '../../src/core/statement/build-statement.ts';
import { formatStatement } from '../../src/core/statement/statement.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const IN_TOTO = 'application/vnd.in-toto+json';

function manifest(kind: 'image' | 'index', extra: object): Uint8Array {
  const mediaType =
    kind === 'image' ? 'application/vnd.oci.image.manifest.v1+json' : 'application/vnd.oci.image.index.v1+json';
  return encodeUtf8(JSON.stringify({ schemaVersion: 2, mediaType, ...extra }));
}

const IMAGE = manifest('image', {
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 },
  layers: [],
});
const digest = `sha256:${createHash('sha256').update(IMAGE).digest('hex')}`;
const INDEX = manifest('index', {
  manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: IMAGE.length }],
});
const repository = 'shop/api';
const SARIF = encodeUtf8(
  JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'lint' } }, results: [] }] }),
);
const CONTRACT = {
  contract: 'shop',
  repositories: ['shop/*'],
  stages: [
    { stage: 'lint', predicateTypes: ['https://waybill.dev/attestation/sarif/v1'] },
    { stage: 'build', predicateTypes: ['https://slsa.dev/provenance/v1'], assurance: 'pipeline', after: ['lint'] },
  ],
};

test('an image goes from unjudged over fail to pass, and what is taken away verifies without the service', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const { admin } = under;
  assert((await service.signImage(admin, { manifest: INDEX, repository })).ok);
  assert((await service.submitAttestation(admin, { body: SARIF, subject: digest, repository, stage: 'lint' })).ok);

  const unjudged = await service.verifyCustody(admin, { digest });
  assert(unjudged.ok);
  assert.equal(unjudged.value.verdict, 'unjudged');

  assert((await service.publishContract(admin, CONTRACT)).ok);
  const failed = await service.verifyCustody(admin, { digest });
  assert(failed.ok);
  assert.equal(failed.value.verdict, 'fail');
  assert(failed.value.checks.some(({ reason }) => reason === 'contract/stage-missing'));

  const key = signingKey(generateKeyPairSync('ed25519').privateKey);
  const statement = encodeUtf8(
    formatStatement(
      buildStatement({
        digest,
        repository,
        stage: 'build',
        predicateType: 'https://slsa.dev/provenance/v1',
        predicate: { buildDefinition: {} },
      }),
    ),
  );
  const body = encodeUtf8(
    formatEnvelope({
      payloadType: IN_TOTO,
      payload: statement,
      signatures: [{ keyid: '', sig: key.sign(pae(IN_TOTO, statement)) }],
    }),
  );
  const refused = await service.submitAttestation(admin, { body });
  assert(!refused.ok && refused.fault.code === 'attestation/signer-unknown');
  const publicKeyPem = formatPublicKeyPem(key.publicKey);
  assert((await service.registerSigner(admin, { publicKeyPem, repositories: ['shop/*'], stages: ['build'] })).ok);
  const attested = await service.submitAttestation(admin, { body });
  assert(attested.ok, JSON.stringify(attested));
  assert.equal(attested.value.assurance, 'pipeline');

  const passed = await service.verifyCustody(admin, { digest });
  assert(passed.ok);
  assert.deepEqual(
    passed.value.checks.filter(({ outcome }) => outcome !== 'pass'),
    [],
  );
  assert.equal(passed.value.verdict, 'pass');

  const bytes = await service.readEvidence(admin, { digest });
  assert(bytes.ok);
  const evidence = parseEvidence(bytes.value);
  const trust = trustLogKey(service.logVkey);
  assert(evidence.ok && trust.ok);
  const evaluatedAt = new Date().toISOString();
  const offline = verifyCustody({
    evidence: evidence.value,
    question: { subject: digest, repository },
    trust: trust.value,
    evaluatedAt,
  });
  assert.equal(offline.verdict, 'pass');
  assert.equal(offline.timeline.find(({ kind }) => kind === 'image.signed')?.via?.length, 71);

  const recorded = await service.recordVerdict(admin, { digest });
  assert(recorded.ok);
  const images = await service.listImages(admin, { verdict: 'pass' }, { limit: 10 });
  assert(images.ok && images.value.items.length === 0, 'the index was judged by its image only');
});

test('a revocation that reaches back turns pass into fail, and names the signer', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const { admin } = under;
  assert((await service.signImage(admin, { manifest: IMAGE, repository })).ok);
  const key = signingKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const publicKeyPem = formatPublicKeyPem(key.publicKey);
  const registered = await service.registerSigner(admin, { publicKeyPem, repositories: ['*'], stages: ['*'] });
  assert(registered.ok);
  const statement = encodeUtf8(
    formatStatement(
      buildStatement({ digest, repository, stage: 'scan', predicateType: 'https://openvex.dev/ns', predicate: {} }),
    ),
  );
  const body = encodeUtf8(
    formatEnvelope({
      payloadType: IN_TOTO,
      payload: statement,
      signatures: [{ keyid: '', sig: key.sign(pae(IN_TOTO, statement)) }],
    }),
  );
  assert((await service.submitAttestation(admin, { body })).ok);
  assert(
    (await service.publishContract(admin, { contract: 'c', repositories: ['*'], stages: [{ stage: 'scan' }] })).ok,
  );
  const before = await service.verifyCustody(admin, { digest });
  assert(before.ok && before.value.verdict === 'pass');
  assert((await service.revokeSigner(admin, registered.value.signer, '2020-01-01T00:00:00.000Z')).ok);
  const after = await service.verifyCustody(admin, { digest });
  assert(after.ok && after.value.verdict === 'fail');
  assert(after.value.checks.some(({ code, reason }) => code === 'signer/in-force' && reason === 'signer/revoked'));
  const later = await service.revokeSigner(admin, registered.value.signer, '2021-01-01T00:00:00.000Z');
  assert(!later.ok && later.fault.code === 'signer/later-than-before');
});
