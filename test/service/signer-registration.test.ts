import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPrivateKey } from '../../src/keys/key-file.ts';
import { PUBLISHED_KEY_IDS } from '../../src/keys/published-key-ids.ts';
import { SERVICE_KEY_NAMES, signingKey } from '../../src/keys/service-keys.ts';
import { signRotation } from '../../src/keys/sign-rotation.ts';
import { openReplica } from '../../src/main/open-replica.ts';
import { openService } from '../../src/service/open-service.ts';
import type { SigningKey } from '../../src/service/ports.ts';
import type { Service } from '../../src/service/service.ts';
import { RFC_8032 } from '../crypto/ed25519-vectors.ts';
import { IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { signedStatement } from './signed-statement.ts';

const SCOPE = { repositories: ['shop/*'], stages: ['*'] };
const EXAMPLES = join(import.meta.dirname, '../../keys.example');
const codeOf = (result: { readonly ok: boolean; readonly fault?: { readonly code: string } }) => result.fault?.code;
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

/** A demo key: checked out with a mode that the program refuses in a folder of keys. */
function exampleKey(name: string): SigningKey {
  return signingKey(createPrivateKey(readFileSync(join(EXAMPLES, `${name}.key`))));
}

/** SubjectPublicKeyInfo in PEM of a raw Ed25519 key. */
function ed25519Pem(raw: string): string {
  const der = Buffer.from(`302a300506032b6570032100${raw}`, 'hex');
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
}

async function register(service: Service, under: ServiceUnderTest, publicKeyPem: string) {
  return codeOf(await service.registerSigner(under.admin, { publicKeyPem, ...SCOPE }));
}

test('a key that is weak, off its curve, or of another kind is refused by its code', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });
  spki[spki.length - 1] = (spki[spki.length - 1] ?? 0) ^ 1;
  const offCurve = `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`;
  const identity = `01${'00'.repeat(31)}`;
  // A point of order 8 added to a good key.
  const torsion = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  for (const [code, pem] of [
    ['crypto/weak-key', ed25519Pem(identity)],
    ['crypto/weak-key', ed25519Pem(torsion)],
    ['crypto/malformed-key', ed25519Pem('ff'.repeat(32))],
    ['crypto/malformed-key', offCurve],
    ['crypto/unsupported-algorithm', pemOf(short)],
    ['crypto/unsupported-algorithm', pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey)],
    [
      'crypto/malformed-key',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ] as const)
    assert.equal(await register(service, under, pem), code);
});

test('the service’s own keys are no pipeline’s, and neither is one that is registered so already', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  for (const name of SERVICE_KEY_NAMES) {
    const pem = pemOf(createPublicKey(readPrivateKey(join(under.folder, 'keys', `${name}.key`), undefined)));
    const code = name === 'log' ? 'signer/key-in-other-use' : 'signer/already-registered';
    assert.equal(await register(service, under, pem), code, name);
  }
  const pem = pemOf(generateKeyPairSync('ed25519').publicKey);
  assert.equal(await register(service, under, pem), undefined);
  assert.equal(await register(service, under, pem), undefined, 'told again');
  const other = await service.registerSigner(under.admin, { publicKeyPem: pem, ...SCOPE, stages: ['test'] });
  assert.equal(codeOf(other), 'signer/already-registered');
  const older = await service.registerSigner(under.admin, { publicKeyPem: pem, ...SCOPE, ageSecondsMax: 60 });
  assert.equal(codeOf(older), 'signer/already-registered');
  const backwards = await service.registerSigner(under.admin, {
    publicKeyPem: pemOf(generateKeyPairSync('ed25519').publicKey),
    ...SCOPE,
    ageSecondsWarn: 60,
    ageSecondsMax: 59,
  });
  assert.equal(codeOf(backwards), 'signer/malformed-document');
});

test('keys whose private parts are printed somewhere are registered in development only (signer/published-key)', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const published = RFC_8032.map(({ input }) => ed25519Pem((input as { publicKey: string }).publicKey));
  for (const name of SERVICE_KEY_NAMES) assert(PUBLISHED_KEY_IDS.has(exampleKey(name).signer), name);
  for (const pem of published) assert.equal(await register(service, under, pem), 'signer/published-key');
  const own = signingKey(generateKeyPairSync('ed25519').privateKey);
  const example = exampleKey('service');
  const pem = `-----BEGIN PUBLIC KEY-----\n${Buffer.from(own.publicKey.spki).toString('base64')}\n-----END PUBLIC KEY-----\n`;
  assert.equal(await register(service, under, pem), undefined);
  const rotation = signRotation(own, example, { log: service.origin, until: new Date().toISOString(), ...SCOPE });
  const rotated = await service.rotateSigner(under.admin, own.signer, JSON.parse(rotation));
  assert.equal(codeOf(rotated), 'signer/published-key');

  const replica = await openReplica({
    serviceUrl: under.database.serviceUrl,
    ...(under.database.setRole === undefined ? {} : { setRole: under.database.setRole }),
    connections: 2,
    stateFolder: join(under.folder, 'state'),
    keys: under.keys,
    isDevelopment: true,
  });
  try {
    assert.equal(await register(openService(replica.context), under, published[0] ?? ''), undefined);
  } finally {
    await replica.close();
  }
});

test('a key that is too old attests nothing more, is counted, and hands over (attestation/signer-too-old)', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const [key, next] = [0, 1].map(() => signingKey(generateKeyPairSync('ed25519').privateKey));
  assert(key !== undefined && next !== undefined);
  const pem = `-----BEGIN PUBLIC KEY-----\n${Buffer.from(key.publicKey.spki).toString('base64')}\n-----END PUBLIC KEY-----\n`;
  const ages = { ageSecondsWarn: 1, ageSecondsMax: 2 };
  const registered = await service.registerSigner(under.admin, { publicKeyPem: pem, ...SCOPE, ...ages });
  assert(registered.ok);
  const begun = Date.parse(registered.value.registeredAt);
  assert.equal(registered.value.expiresAt, new Date(begun + 2_000).toISOString());
  const attest = async (signer: typeof key, stage: string) =>
    codeOf(
      await service.submitAttestation(under.admin, {
        body: signedStatement(signer, { digest: IMAGE, repository: IMAGE_REPOSITORY, stage }),
      }),
    );
  assert.equal(await attest(key, 'build'), undefined);
  await sleep(Math.max(0, begun + 1_050 - Date.now()));
  const due = await service.readSigner(under.admin, key.signer);
  assert(due.ok && due.value.state === 'due', JSON.stringify(due));
  assert.equal(await attest(key, 'test'), undefined);
  const ageing = await service.signerAges();
  assert.equal(ageing.states.due, 1);
  assert(ageing.oldestSeconds !== undefined && ageing.oldestSeconds >= 1 && ageing.nextExpirySeconds !== undefined);
  await sleep(Math.max(0, begun + 2_050 - Date.now()));
  assert.equal(await attest(key, 'scan'), 'attestation/signer-too-old');
  assert.deepEqual(
    [(await service.signerAges()).states.expired, (await service.signerAges()).nextExpirySeconds],
    [1, undefined],
  );
  const terms = { log: service.origin, until: new Date().toISOString(), ...SCOPE };
  const wider = await service.rotateSigner(under.admin, key.signer, JSON.parse(signRotation(key, next, terms)));
  assert.equal(codeOf(wider), 'signer/wider-than-predecessor');
  const rotation = signRotation(key, next, { ...terms, ageSecondsMax: 2 });
  const rotated = await service.rotateSigner(under.admin, key.signer, JSON.parse(rotation));
  assert(rotated.ok, JSON.stringify(rotated));
  assert.equal(await attest(next, 'scan'), undefined);
  assert.deepEqual((await service.signerAges()).states.rotated, 1);
});
