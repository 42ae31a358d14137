import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { formatPublicKeyPem } from '../../src/core/crypto/public-key.ts';
import { formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { buildStatement } from '../../src/core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../src/core/statement/envelope-statement.ts';
import { formatStatement } from '../../src/core/statement/statement.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import type { Caller } from '../../src/service/caller.ts';
import { openService } from '../../src/service/open-service.ts';
import type { Service } from '../../src/service/service.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const CI = { principal: 'ci', role: 'pipeline', repositories: ['shop/*'], stages: ['test'] } as const;
const codeOf = (result: { readonly ok: boolean; readonly fault?: { readonly code: string } }) => result.fault?.code;

let attested = 0;

/** A pipeline with a key and a token, which `second` has met already: everything about it is in that replica's memory. */
async function openReplicas() {
  const under = await openServiceUnderTest();
  const first = openService(under.context);
  const second = openService((await under.openAnother()).context);
  const { admin } = under;
  assert((await first.grantPrincipal(admin, CI)).ok);
  const token = await first.createToken(admin, { principal: 'ci', title: 'test', lifetimeSeconds: 3_600 });
  const key = newKey();
  const registered = await first.registerSigner(admin, { ...key.registration, stages: ['test'] });
  assert(token.ok && registered.ok);
  const caller = await second.authenticate(token.value.token);
  assert(caller.ok);
  const { value } = caller;
  assert((await second.submitAttestation(value, { body: key.attest() })).ok);
  assert((await second.submitAttestation(value, { body: key.attest() })).ok);
  const { signer } = registered.value;
  return { under, first, second, admin, key, signer, token: token.value, caller: value };
}

function newKey() {
  const key = signingKey(generateKeyPairSync('ed25519').privateKey);
  const attest = (stage = 'test') => {
    attested += 1;
    const predicate = { number: attested };
    const about = { digest: IMAGE, repository: IMAGE_REPOSITORY, stage };
    const statement = encodeUtf8(
      formatStatement(buildStatement({ ...about, predicateType: 'https://example.com/test/v1', predicate })),
    );
    const sig = key.sign(pae(IN_TOTO_PAYLOAD_TYPE, statement));
    const envelope = { payloadType: IN_TOTO_PAYLOAD_TYPE, payload: statement, signatures: [{ keyid: '', sig }] };
    return encodeUtf8(formatEnvelope(envelope));
  };
  return { attest, registration: { publicKeyPem: formatPublicKeyPem(key.publicKey), repositories: ['shop/*'] } };
}

async function submit(service: Service, caller: Caller, body: Uint8Array) {
  return codeOf(await service.submitAttestation(caller, { body }));
}

test('a token that one replica revokes is dead on the other with its next request (auth/token-revoked)', async () => {
  const { under, first, second, admin, token } = await openReplicas();
  await using _ = under;
  assert((await first.revokeToken(admin, token.id)).ok);
  assert.equal(codeOf(await second.authenticate(token.token)), 'auth/token-revoked');
});

test('a principal that one replica revokes is nobody on the other, also within a request (auth/principal-revoked)', async () => {
  const { under, first, second, admin, token, caller, key } = await openReplicas();
  await using _ = under;
  assert((await first.revokePrincipal(admin, 'ci')).ok);
  assert.equal(codeOf(await second.authenticate(token.token)), 'auth/principal-revoked');
  assert.equal(await submit(second, caller, key.attest()), 'auth/principal-revoked');
});

test('a grant that one replica narrows or widens counts on the other for who was authenticated before (auth/stage-out-of-scope)', async () => {
  const { under, first, second, admin, caller, key } = await openReplicas();
  await using _ = under;
  assert((await first.grantPrincipal(admin, { ...CI, stages: ['scan'] })).ok);
  assert.equal(await submit(second, caller, key.attest()), 'auth/stage-out-of-scope');
  assert((await first.grantPrincipal(admin, { ...CI, stages: ['scan', 'test', 'build'] })).ok);
  assert.equal(await submit(second, caller, key.attest()), undefined);
  const builder = newKey();
  assert((await first.registerSigner(admin, { ...builder.registration, stages: ['build'] })).ok);
  assert.equal(await submit(second, caller, builder.attest('build')), undefined);
});

test('a signer that one replica revokes signs nothing more on the other (attestation/signer-revoked)', async () => {
  const { under, first, second, admin, caller, key, signer } = await openReplicas();
  await using _ = under;
  const soon = new Date(Date.now() + 60_000).toISOString();
  assert((await first.revokeSigner(admin, signer, soon)).ok);
  assert.equal(await submit(second, caller, key.attest()), undefined, 'until then it may');
  assert((await first.revokeSigner(admin, signer, '2020-01-01T00:00:00.000Z')).ok);
  assert.equal(await submit(second, caller, key.attest()), 'attestation/signer-revoked');
  assert.equal(await submit(second, caller, key.attest()), 'attestation/signer-revoked', 'from memory, too');
});

test('a signer that one replica registers may sign on the other at once, and no other key may (attestation/signer-unknown)', async () => {
  const { under, first, second, admin, caller } = await openReplicas();
  await using _ = under;
  const later = newKey();
  assert.equal(await submit(second, caller, later.attest()), 'attestation/signer-unknown');
  assert((await first.registerSigner(admin, { ...later.registration, stages: ['test'] })).ok);
  assert.equal(await submit(second, caller, later.attest()), undefined);
  const elsewhere = newKey();
  assert((await first.registerSigner(admin, { ...elsewhere.registration, stages: ['scan'] })).ok);
  assert.equal(await submit(second, caller, elsewhere.attest()), 'attestation/signer-out-of-scope');
});

test('a list of grants that was cut off is refused although its state is in memory (database/projection-differs)', async () => {
  const { under, first, second, admin, token, caller, key } = await openReplicas();
  await using _ = under;
  assert((await first.grantPrincipal(admin, { ...CI, stages: ['*'] })).ok);
  assert((await second.authenticate(token.token)).ok);
  const superuser = openSuperuser(under.database.adminUrl);
  await sql`DELETE FROM list_entry WHERE key = 'principal:ci' AND n = 2`.execute(superuser.database);
  await superuser.close();
  for (const replica of [first, second]) {
    await assertRefused(replica.authenticate(token.token), 'database/projection-differs');
    await assertRefused(replica.submitAttestation(caller, { body: key.attest() }), 'database/projection-differs');
  }
});
