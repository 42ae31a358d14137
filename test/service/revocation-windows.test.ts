import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '../../src/core/fault.ts';
import { authenticate, readCaller } from '../../src/service/authenticate.ts';
import { withEvidence } from '../../src/service/load-evidence.ts';
import { makeReceipt } from '../../src/service/make-receipt.ts';
import { grantPrincipal, revokePrincipal } from '../../src/service/manage-principals.ts';
import { createToken, revokeToken } from '../../src/service/manage-tokens.ts';
import { ServiceError } from '../../src/service/ports.ts';
import { recordVerdict } from '../../src/service/record-verdict.ts';
import { Sequencer } from '../../src/service/sequencer.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const EVERYWHERE = { repositories: ['*'], stages: ['*'] } as const;
const TOKEN_REQUEST = { title: 'test', lifetimeSeconds: 3_600 } as const;
const codeOf = (result: { readonly ok: boolean; readonly fault?: { readonly code: string } }) => result.fault?.code;

test('a token from before a revocation stays dead when the principal is granted a role again (auth/token-unknown)', async () => {
  await using service = await openServiceUnderTest();
  const { context, admin } = service;
  const grant = { principal: 'ci', role: 'pipeline', ...EVERYWHERE } as const;
  assert((await grantPrincipal(context, admin, grant)).ok);
  const old = await createToken(context, admin, { principal: 'ci', ...TOKEN_REQUEST });
  assert(old.ok);
  assert((await revokePrincipal(context, admin, 'ci')).ok);
  assert.equal(codeOf(await authenticate(context, old.value.token)), 'auth/principal-revoked');
  assert((await grantPrincipal(context, admin, grant)).ok);
  assert.equal(codeOf(await authenticate(context, old.value.token)), 'auth/token-unknown');
  const made = await createToken(context, admin, { principal: 'ci', ...TOKEN_REQUEST });
  assert(made.ok && (await authenticate(context, made.value.token)).ok);
  // A wider or narrower grant is no revocation.
  assert((await grantPrincipal(context, admin, { ...grant, stages: ['test'] })).ok);
  assert((await authenticate(context, made.value.token)).ok);
});

test('an administrator who is none any more makes and revokes no token, whatever the request began as (auth/principal-revoked)', async () => {
  await using service = await openServiceUnderTest();
  const { context, admin } = service;
  assert((await grantPrincipal(context, admin, { principal: 'second', role: 'admin', ...EVERYWHERE })).ok);
  const second = await readCaller(context, 'second');
  assert(second.ok);
  assert((await revokePrincipal(context, admin, 'second')).ok);
  const request = { principal: 'bootstrap-admin', ...TOKEN_REQUEST };
  assert.equal(codeOf(await createToken(context, second.value, request)), 'auth/principal-revoked');
  assert.equal(codeOf(await revokeToken(context, second.value, '00')), 'auth/principal-revoked');
});

test('a verdict is recorded for who may at the moment of recording (auth/role-not-allowed)', async () => {
  await using service = await openServiceUnderTest();
  const { context, admin } = service;
  await growLedger(service, 1);
  assert((await grantPrincipal(context, admin, { principal: 'rm', role: 'release-manager', ...EVERYWHERE })).ok);
  const before = await readCaller(context, 'rm');
  assert(before.ok);
  assert((await grantPrincipal(context, admin, { principal: 'rm', role: 'auditor', ...EVERYWHERE })).ok);
  const recorded = await recordVerdict(context, before.value, { digest: IMAGE, repository: IMAGE_REPOSITORY });
  assert.equal(codeOf(recorded), 'auth/role-not-allowed');
});

test('what may only be in the ledger before a time is not appended after it', async () => {
  await using service = await openServiceUnderTest();
  const { store } = service.context;
  const submission = (name: string, before: string) => ({
    identity: submissionIdentity('test', [name]),
    proposal: {
      kind: 'signer.revoked',
      principal: 'bootstrap-admin',
      body: { signer: '0'.repeat(64), effective: before },
    },
    restsOn: [],
    before,
  });
  const { results } = await store.append(
    [submission('late', '2020-01-01T00:00:00.000Z'), submission('early', '2999-01-01T00:00:00.000Z')],
    undefined,
  );
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ['stale', 'appended'],
  );
});

test('a receipt of an entry that the anchor does not know is not signed before it does (anchor/not-durable)', async () => {
  await using service = await openServiceUnderTest();
  const [image] = await growLedger(service, 1);
  assert(image !== undefined);
  const { context } = service;
  const anchor = {
    read: async () => undefined,
    write: async () => {
      throw new ServiceError({ code: 'anchor/not-durable', message: 'the disk is full' });
    },
  };
  const sequencer = new Sequencer(context.store, anchor, context.logSigners.of);
  await assertRefused(makeReceipt({ ...context, sequencer }, image.entry.seq), 'anchor/not-durable');
});

test('evidence that would be too large is refused before a document is read (evidence/too-large)', async () => {
  await using service = await openServiceUnderTest();
  const { context } = service;
  await growLedger(service, 0);
  const submissions = Array.from({ length: 7 }, (_, index) => ({
    identity: submissionIdentity('test', [String(index)]),
    proposal: {
      kind: 'attestation.recorded',
      principal: 'bootstrap-admin',
      repository: IMAGE_REPOSITORY,
      stage: 'sbom',
      signer: context.keys.service.signer,
      assurance: 'service',
      payload: {
        commitment: String(index).repeat(64),
        mediaType: 'application/vnd.dsse.envelope.v1+json',
        size: 32 * 1024 * 1024,
      },
      body: { form: 'envelope', subjects: [IMAGE] },
    } as const,
    restsOn: [],
  }));
  await context.store.append(submissions, undefined);
  const question = { subject: IMAGE, repository: IMAGE_REPOSITORY };
  const evidence = await withEvidence(context, question, async ({ bytes }) => ok(bytes));
  assert.equal(codeOf(evidence), 'evidence/too-large');
});
