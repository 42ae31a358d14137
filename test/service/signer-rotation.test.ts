import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { formatPublicKeyPem } from '../../src/core/crypto/public-key.ts';
import { type Json, parseJson } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import { type RotationTerms, signRotation } from '../../src/keys/sign-rotation.ts';
import { verifyInPool } from '../../src/native/verify-in-pool.ts';
import { openService } from '../../src/service/open-service.ts';
import type { SigningKey } from '../../src/service/ports.ts';
import type { Service } from '../../src/service/service.ts';
import { audit, growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { signedStatement } from './signed-statement.ts';

const ADMIN = { principal: 'bootstrap-admin', role: 'admin', repositories: ['*'], stages: ['*'], grants: 1 } as const;
const SCOPE = { repositories: ['shop/*'], stages: ['test', 'scan'] };
const codeOf = (result: { readonly ok: boolean; readonly fault?: { readonly code: string } }) => result.fault?.code;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

function newKey(curve?: 'P-256'): SigningKey {
  const { privateKey } =
    curve === undefined ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: curve });
  return signingKey(privateKey);
}

async function openRotated() {
  const under = await openServiceUnderTest();
  await growLedger(under, 0);
  const first = openService(under.context);
  const second = openService((await under.openAnother()).context);
  const old = newKey();
  const registration = { publicKeyPem: formatPublicKeyPem(old.publicKey), ...SCOPE };
  assert((await first.registerSigner(ADMIN, registration)).ok);
  assert.equal(await attest(second, old, 'scan'), undefined);
  return { under, first, second, old, next: newKey() };
}

function rotation(service: Service, old: SigningKey, next: SigningKey, terms: Partial<RotationTerms> = {}): Json {
  const text = signRotation(old, next, { log: service.origin, until: inDays(7), ...SCOPE, ...terms });
  const json = parseJson(encodeUtf8(text));
  assert(json.ok);
  return json.value;
}

/** Code of the refusal, undefined where it was taken. */
async function attest(service: Service, key: SigningKey, stage: string): Promise<string | undefined> {
  const body = signedStatement(key, { digest: IMAGE, repository: IMAGE_REPOSITORY, stage });
  return codeOf(await service.submitAttestation(ADMIN, { body }));
}

const rotate = (service: Service, signer: string, document: Json) => service.rotateSigner(ADMIN, signer, document);

test('during the overlap both keys attest on every replica, after it the successor alone (attestation/signer-rotated)', async () => {
  const { under, first, second, old, next } = await openRotated();
  await using _ = under;
  assert.equal(await attest(second, next, 'test'), 'attestation/signer-unknown');
  const rotated = await rotate(first, old.signer, rotation(first, old, next));
  assert(rotated.ok, JSON.stringify(rotated));
  assert.equal(rotated.value.signer, next.signer);
  assert.deepEqual([rotated.value.follows, rotated.value.state], [old.signer, 'in-force']);
  assert.equal(await attest(second, next, 'test'), undefined);
  assert.equal(await attest(second, old, 'test'), undefined);
  const shown = await second.readSigner(ADMIN, old.signer);
  assert(shown.ok);
  assert.deepEqual([shown.value.state, shown.value.successor], ['overlap', next.signer]);

  const atOnce = newKey();
  assert((await rotate(first, next.signer, rotation(first, next, atOnce, { until: inDays(-1) }))).ok);
  assert.equal(await attest(second, next, 'test'), undefined, 'what was recorded before is found again');
  const late = signedStatement(next, { digest: IMAGE, repository: 'shop/web', stage: 'test' });
  assert.equal(codeOf(await second.submitAttestation(ADMIN, { body: late })), 'attestation/signer-rotated');
  assert.equal(await attest(second, atOnce, 'test'), undefined);
  const listed = await second.listSigners(ADMIN, { limit: 50 });
  assert(listed.ok);
  const states = new Map(listed.value.items.map(({ signer, state }) => [signer, state]));
  assert.deepEqual(
    [old, next, atOnce].map(({ signer }) => states.get(signer)),
    ['overlap', 'rotated', 'in-force'],
  );
  const custody = await second.verifyCustody(ADMIN, { digest: IMAGE, repository: IMAGE_REPOSITORY });
  assert(custody.ok);
  assert.equal(custody.value.verdict, 'unjudged');
});

test('a rotation told again gives the first receipt, also with other signatures of ECDSA keys', async () => {
  const { under, first, second } = await openRotated();
  await using _ = under;
  const [old, next] = [newKey('P-256'), newKey('P-256')];
  const registration = { publicKeyPem: formatPublicKeyPem(old.publicKey), ...SCOPE };
  assert((await first.registerSigner(ADMIN, registration)).ok);
  const terms = { until: inDays(7) };
  const once = await rotate(first, old.signer, rotation(first, old, next, terms));
  const again = await rotate(second, old.signer, rotation(first, old, next, terms));
  assert(once.ok && again.ok, JSON.stringify(again));
  assert.deepEqual([once.value.duplicate, again.value.duplicate], [false, true]);
  assert.deepEqual(again.value.receipt, once.value.receipt);
  assert((await first.revokeSigner(ADMIN, old.signer, '2020-01-01T00:00:00.000Z')).ok);
  const later = await rotate(second, old.signer, rotation(first, old, next, terms));
  assert(later.ok && later.value.duplicate);
});

test('what is no rotation of this signer is refused by its own code', async () => {
  const { under, first, second, old, next } = await openRotated();
  await using _ = under;
  const other = newKey();
  const refused = async (code: string, document: Json, signer = old.signer) =>
    assert.equal(codeOf(await rotate(second, signer, document)), code);
  await refused('dsse/malformed-envelope', {});
  await refused('dsse/no-signature', { payloadType: 'a', payload: '', signatures: [] });
  await refused('signer/malformed-rotation', { payloadType: 'a', payload: 'e30=', signatures: [{ sig: 'AAAA' }] });
  await refused('signer/rotation-differs', rotation(first, old, next, { log: 'waybill-ffff' }));
  await refused('signer/rotation-differs', rotation(first, old, next), other.signer);
  await refused('signer/unknown', rotation(first, other, next), other.signer);
  const { service } = under.context.keys;
  await refused('signer/unknown', rotation(first, service, next), service.signer);
  await refused('signer/overlap-out-of-range', rotation(first, old, next, { until: inDays(367) }));
  await refused('signer/wider-than-predecessor', rotation(first, old, next, { repositories: ['*'] }));
  await refused('signer/wider-than-predecessor', rotation(first, old, next, { stages: ['*'] }));
  await refused('signer/rotation-not-signed', rotation(first, { ...old, sign: other.sign }, next));
  await refused('signer/rotation-not-signed', rotation(first, old, { ...next, sign: other.sign }));
  await refused('signer/already-registered', rotation(first, old, service));
  const role = 'operator';
  assert((await first.grantPrincipal(ADMIN, { principal: 'ops', role, repositories: ['*'], stages: ['*'] })).ok);
  const operator = { ...ADMIN, principal: 'ops', role, grants: 1 } as const;
  const byOperator = await second.rotateSigner(operator, old.signer, rotation(first, old, next));
  assert.equal(codeOf(byOperator), 'auth/role-not-allowed');
  assert((await rotate(first, old.signer, rotation(first, old, next))).ok);
  await refused('signer/rotated-twice', rotation(first, old, other));
  await refused('signer/already-registered', rotation(first, old, next, { until: inDays(8) }));
  assert((await first.revokeSigner(ADMIN, next.signer)).ok);
  await refused('signer/revoked', rotation(first, next, other), next.signer);
  assert((await first.revokeSigner(ADMIN, old.signer, '2020-01-01T00:00:00.000Z')).ok);
  await refused('signer/predecessor-revoked', rotation(first, next, other), next.signer);
});

test('a revocation of the key before takes its successors with it on every replica (attestation/signer-revoked)', async () => {
  const { under, first, second, old, next } = await openRotated();
  await using _ = under;
  const third = newKey();
  assert((await rotate(first, old.signer, rotation(first, old, next))).ok);
  assert((await rotate(first, next.signer, rotation(first, next, third))).ok);
  assert.equal(await attest(second, third, 'test'), undefined);
  assert((await first.revokeSigner(ADMIN, old.signer, '2020-01-01T00:00:00.000Z')).ok);
  const body = signedStatement(third, { digest: IMAGE, repository: 'shop/web', stage: 'test' });
  assert.equal(codeOf(await second.submitAttestation(ADMIN, { body })), 'attestation/signer-revoked');
  const shown = await second.readSigner(ADMIN, third.signer);
  assert(shown.ok);
  assert.equal(shown.value.state, 'disowned');
});

test('rotations and attestations race on two replicas, and everything that was taken holds', async () => {
  const { under, first, second, old } = await openRotated();
  await using _ = under;
  let key = old;
  for (let round = 0; round < 6; round += 1) {
    const next = newKey();
    const document = rotation(first, key, next, { until: inDays(-1) });
    const attesting = Array.from({ length: 12 }, async (_none, place) => {
      const service = place % 2 === 0 ? first : second;
      const body = signedStatement(key, { digest: IMAGE, repository: IMAGE_REPOSITORY, stage: 'test' });
      // Each statement once: as many spaces after the envelope as it takes.
      const made = new Uint8Array([...body, ...Array<number>(1 + round * 12 + place).fill(0x20)]);
      return codeOf(await service.submitAttestation(ADMIN, { body: made }));
    });
    const rotated = [rotate(first, key.signer, document), rotate(second, key.signer, document)];
    const outcomes = new Set(await Promise.all(attesting));
    for (const outcome of outcomes)
      assert.ok(outcome === undefined || outcome === 'attestation/signer-rotated', outcome);
    const results = await Promise.all(rotated);
    assert(
      results.every((result) => result.ok),
      JSON.stringify(results),
    );
    assert.equal(results.filter((result) => result.ok && !result.value.duplicate).length, 1);
    key = next;
  }
  const custody = await second.verifyCustody(ADMIN, { digest: IMAGE, repository: IMAGE_REPOSITORY });
  assert(custody.ok);
  assert.equal(
    custody.value.verdict,
    'unjudged',
    JSON.stringify(custody.value.checks.filter((c) => c.outcome !== 'pass')),
  );
  const audited = await audit(under.database.ownerUrl, {
    origin: first.origin,
    authenticator: under.keys.headAuthenticator,
    verifySignature: verifyInPool,
  });
  assert.deepEqual(audited.findings, []);
});

test('two administrators let two keys follow one: the first one does (signer/rotated-twice)', async () => {
  const { under, first, second, old } = await openRotated();
  await using _ = under;
  const results = await Promise.all(
    [first, second].map((service) => rotate(service, old.signer, rotation(first, old, newKey()))),
  );
  assert.deepEqual(results.map(codeOf).sort(), ['signer/rotated-twice', undefined]);
});
