import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { formatPublicKeyPem } from '../../src/core/crypto/public-key.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import { type AskGate, openGate } from '../../src/service/ask-gate.ts';
import type { ServiceContext } from '../../src/service/context.ts';
import { ownTrust } from '../../src/service/judge-evidence.ts';
import { openService } from '../../src/service/open-service.ts';
import type { ListEnd } from '../../src/service/ports.ts';
import { openReadiness } from '../../src/service/readiness.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { attestStage, growLedger, IMAGE, IMAGE_REPOSITORY, MANIFEST } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { signedStatement } from './signed-statement.ts';

const QUESTION = { digest: IMAGE, repository: IMAGE_REPOSITORY };

function contractOf(...stages: readonly string[]) {
  return { contract: 'shop', repositories: ['shop/*'], stages: stages.map((stage) => ({ stage })) };
}

/** A signed image with one stage, and a contract that asks for no more: the gate says yes. */
async function openPassing(): Promise<ServiceUnderTest> {
  const under = await openServiceUnderTest();
  await growLedger(under, 1);
  const published = await openService(under.context).publishContract(under.admin, contractOf('stage-1'));
  assert(published.ok, JSON.stringify(published));
  return under;
}

/** A context that counts how often documents are read, which is how often a question is judged. */
function counting(context: ServiceContext): { readonly context: ServiceContext; readonly judged: () => number } {
  let judged = 0;
  const payloads: ServiceContext['store']['payloads'] = (commitments) => {
    judged += 1;
    return context.store.payloads(commitments);
  };
  return { context: { ...context, store: { ...context.store, payloads } }, judged: () => judged };
}

async function verdictOf(ask: AskGate, { admin }: ServiceUnderTest, question: object = QUESTION): Promise<string> {
  const answer = await ask(admin, { digest: IMAGE, ...question });
  return answer.ok ? answer.value.verdict : answer.fault.code;
}

/** What can change a verdict, each done by a replica that the gate does not know of. */
const CHANGES: Readonly<Record<string, (service: ServiceUnderTest, peer: ServiceContext) => Promise<unknown>>> = {
  'a stricter contract': ({ admin }, peer) =>
    openService(peer).publishContract(admin, contractOf('stage-1', 'stage-2')),
  'a contract beside it, for another glob': ({ admin }, peer) =>
    openService(peer).publishContract(admin, { contract: 'all', repositories: ['*'], stages: [{ stage: 'never' }] }),
  'the withdrawal of the contract': ({ admin }, peer) => openService(peer).withdrawContract(admin, 'shop'),
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`${what}, appended by another replica, is seen by the very next answer of the gate`, async () => {
    await using service = await openPassing();
    const peer = (await service.openAnother()).context;
    const { context, judged } = counting(service.context);
    const ask = openGate(context);
    assert.equal(await verdictOf(ask, service), 'pass');
    assert.equal(await verdictOf(ask, service), 'pass');
    assert.equal(judged(), 1, 'the second answer was kept');
    // The planted fault: a gate that does not look whether lists have grown goes on saying yes.
    const blind = openGate(withOldEnds(service.context));
    for (let asked = 0; asked < 2; asked += 1) assert.equal(await verdictOf(blind, service), 'pass');
    const changed = (await change(service, peer)) as { readonly ok: boolean };
    assert(changed.ok, JSON.stringify(changed));
    assert.notEqual(await verdictOf(ask, service), 'pass');
    assert.equal(await verdictOf(blind, service), 'pass', 'what the check of lengths is for');
  });
}

/** Where lists ended when they were asked for first, for ever. */
function withOldEnds(context: ServiceContext): ServiceContext {
  const known = new Map<string, ReadonlyMap<string, ListEnd>>();
  const listEnds: ServiceContext['store']['listEnds'] = async (keys) => {
    const name = keys.join(' ');
    const ends = known.get(name) ?? (await context.store.listEnds(keys));
    known.set(name, ends);
    return ends;
  };
  return { ...context, store: { ...context.store, listEnds } };
}

test('a revocation that reaches back, of a pipeline’s key, turns a kept yes into a no', async () => {
  await using service = await openServiceUnderTest();
  const { admin } = service;
  const api = openService(service.context);
  assert((await api.signImage(admin, { manifest: MANIFEST, repository: IMAGE_REPOSITORY })).ok);
  const key = signingKey(generateKeyPairSync('ed25519').privateKey);
  const publicKeyPem = formatPublicKeyPem(key.publicKey);
  const registered = await api.registerSigner(admin, { publicKeyPem, repositories: ['*'], stages: ['*'] });
  assert(registered.ok);
  const body = signedStatement(key, { digest: IMAGE, repository: IMAGE_REPOSITORY, stage: 'scan' });
  assert((await api.submitAttestation(admin, { body })).ok);
  assert((await api.publishContract(admin, contractOf('scan'))).ok);
  const ask = openGate(service.context);
  assert.equal(await verdictOf(ask, service), 'pass');
  const peer = openService((await service.openAnother()).context);
  assert((await peer.revokeSigner(admin, registered.value.signer, '2020-01-01T00:00:00.000Z')).ok);
  assert.equal(await verdictOf(ask, service), 'fail');
});

test('a no is kept like a yes, and a new attestation by another replica ends it', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  const published = await openService(service.context).publishContract(service.admin, contractOf('stage-1', 'stage-2'));
  assert(published.ok);
  const { context, judged } = counting(service.context);
  const ask = openGate(context);
  for (let asked = 0; asked < 3; asked += 1) assert.equal(await verdictOf(ask, service), 'fail');
  assert.equal(judged(), 1);
  await attestStage((await service.openAnother()).context, service.admin, 'stage-2');
  assert.equal(await verdictOf(ask, service), 'pass');
});

test('what has nothing to do with the image leaves a kept answer as it is, at the checkpoint that it names', async () => {
  await using service = await openPassing();
  const { context, judged } = counting(service.context);
  const ask = openGate(context);
  const first = await ask(service.admin, QUESTION);
  const grant = { principal: 'ci', role: 'pipeline', repositories: ['*'], stages: ['*'] } as const;
  assert((await openService(service.context).grantPrincipal(service.admin, grant)).ok);
  assert.deepEqual(await ask(service.admin, QUESTION), first);
  assert.equal(judged(), 1);
});

test('a kept yes is not served at or after its validUntil, nor when the clock was set back', async () => {
  await using service = await openPassing();
  let now = Date.now();
  const { context, judged } = counting({ ...service.context, now: () => new Date(now) });
  const ask = openGate(context, { ...ownTrust(context), checkpointAgeMaxSeconds: 60 });
  const first = await ask(service.admin, QUESTION);
  assert(first.ok && first.value.verdict === 'pass' && first.value.validUntil !== undefined);
  const end = Date.parse(first.value.validUntil);
  now = end - 1;
  assert.equal(await verdictOf(ask, service), 'pass');
  assert.equal(judged(), 1);
  now = end;
  assert.equal(await verdictOf(ask, service), 'pass', 'the last instant at which the checkpoint is young enough');
  assert.equal(judged(), 2, 'judged anew');
  now = end + 1;
  assert.equal(await verdictOf(ask, service), 'fail');
  const soFar = judged();
  now = end - 10_000;
  assert.equal(await verdictOf(ask, service), 'pass');
  assert.equal(judged(), soFar + 1, 'an answer from later than now is not served');
});

test('a no because the clock is behind is not kept (checkpoint/from-the-future)', async () => {
  await using service = await openPassing();
  let now = Date.now() - 301_000;
  const ask = openGate({ ...service.context, now: () => new Date(now) });
  assert.equal(await verdictOf(ask, service), 'fail');
  now += 10_000;
  assert.equal(await verdictOf(ask, service), 'pass');
});

test('a kept answer is judged anew after five to ten minutes, so that edited documents are noticed', async () => {
  await using service = await openPassing();
  let now = Date.now();
  const { context, judged } = counting({ ...service.context, now: () => new Date(now) });
  const ask = openGate(context);
  assert.equal(await verdictOf(ask, service), 'pass');
  now += 5 * 60 * 1000;
  assert.equal(await verdictOf(ask, service), 'pass');
  assert.equal(judged(), 1);
  now += 5 * 60 * 1000 + 1;
  assert.equal(await verdictOf(ask, service), 'pass');
  assert.equal(judged(), 2);
});

test('questions that come together are judged once, and without a repository the digest settles it', async () => {
  await using service = await openPassing();
  const { context, judged } = counting(service.context);
  const ask = openGate(context);
  const questions = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? QUESTION : { repository: undefined }));
  const answers = await Promise.all(
    questions.map(({ repository }) =>
      ask(service.admin, { digest: IMAGE, ...(repository === undefined ? {} : { repository }) }),
    ),
  );
  assert(answers.every((answer) => answer.ok && answer.value.verdict === 'pass'));
  assert(judged() <= 2, `judged ${judged()} times`);
});

test('a judgement that began before a change does not answer who asks after it', async () => {
  await using service = await openPassing();
  const [held, reading] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { store } = service.context;
  const payloads: ServiceContext['store']['payloads'] = (commitments) => {
    reading.resolve();
    return held.promise.then(() => store.payloads(commitments));
  };
  const ask = openGate({ ...service.context, store: { ...store, payloads } });
  const before = verdictOf(ask, service);
  await reading.promise;
  const stricter = contractOf('stage-1', 'stage-2');
  assert((await openService(service.context).publishContract(service.admin, stricter)).ok);
  const after = verdictOf(ask, service);
  setTimeout(() => held.resolve(), 100);
  assert.deepEqual([await before, await after], ['pass', 'fail']);
});

test('a digest that gets into a second repository has to be asked for with one (image/repository-ambiguous)', async () => {
  await using service = await openPassing();
  const ask = openGate(service.context);
  const answer = () => ask(service.admin, { digest: IMAGE });
  assert((await answer()).ok);
  const peer = openService((await service.openAnother()).context);
  assert((await peer.signImage(service.admin, { manifest: MANIFEST, repository: 'shop/other' })).ok);
  const ambiguous = await answer();
  assert.equal(ambiguous.ok ? 'ok' : ambiguous.fault.code, 'image/repository-ambiguous');
});

test('a kept answer is for those only who may read the repository (auth/repository-out-of-scope, image/unknown)', async () => {
  await using service = await openPassing();
  const ask = openGate(service.context);
  assert.equal(await verdictOf(ask, service), 'pass');
  const stranger = { ...service.admin, role: 'auditor', repositories: ['elsewhere/*'] } as const;
  for (const [question, code] of [
    [QUESTION, 'auth/repository-out-of-scope'],
    [{ digest: IMAGE }, 'image/unknown'],
  ] as const) {
    const refused = await ask(stranger, question);
    assert.equal(refused.ok ? 'ok' : refused.fault.code, code);
  }
});

test('a list that was cut in the database is refused, not taken for one that has not grown (database/projection-differs)', async () => {
  await using service = await openPassing();
  const ask = openGate(service.context);
  assert.equal(await verdictOf(ask, service), 'pass');
  const superuser = openSuperuser(service.database.adminUrl);
  try {
    await sql`DELETE FROM list_entry WHERE key = ${`image:${IMAGE}`} AND n = 2`.execute(superuser.database);
  } finally {
    await superuser.close();
  }
  await assertRefused(ask(service.admin, QUESTION), 'database/projection-differs');
});

test('over a database that was set back a kept yes is not served, although its own lists are whole (head/behind-anchor)', async () => {
  await using service = await openPassing();
  const ask = openGate(service.context, ownTrust(service.context), undefined, openReadiness(service.context, nextMs));
  const grant = { principal: 'ci', role: 'pipeline', repositories: ['*'], stages: ['*'] } as const;
  assert((await openService(service.context).grantPrincipal(service.admin, grant)).ok);
  // The planted fault: a gate that takes the replica's readiness for granted.
  const blind = openGate(service.context, ownTrust(service.context), undefined, async () => ({ ready: true }));
  for (const gate of [ask, blind]) assert.equal(await verdictOf(gate, service), 'pass');
  const superuser = openSuperuser(service.database.adminUrl);
  try {
    await withoutGuards(superuser, async (transaction) => {
      const { rows } = await sql<{ size: string }>`SELECT max(size) AS size FROM head`.execute(transaction);
      // The newest batch: a grant, and the commitment after it.
      const last = Number(rows[0]?.size) - 2;
      await sql`DELETE FROM head WHERE size > ${last}`.execute(transaction);
      await sql`DELETE FROM list_entry WHERE seq >= ${last}`.execute(transaction);
      await sql`DELETE FROM entry WHERE seq >= ${last}`.execute(transaction);
    });
  } finally {
    await superuser.close();
  }
  await assertRefused(ask(service.admin, QUESTION), 'head/behind-anchor');
  assert.equal(await verdictOf(blind, service), 'pass');
});

let clockMs = 0;
/** A clock on which every look is a second after the one before. */
function nextMs(): number {
  clockMs += 1_000;
  return clockMs;
}

test('digests that nobody knows take no room, and what is kept stays within its bounds', async () => {
  await using service = await openPassing();
  const { context, judged } = counting(service.context);
  const ask = openGate(context, ownTrust(context), { answersMax: 1, bytesMax: 1_000_000 });
  assert.equal(await verdictOf(ask, service), 'pass');
  for (let index = 0; index < 20; index += 1) {
    const digest = `sha256:${String(index).padStart(64, '0')}`;
    assert.equal(await verdictOf(ask, service, { digest }), 'image/unknown');
  }
  assert.equal(await verdictOf(ask, service), 'pass');
  assert.equal(judged(), 1);
  const other = encodeUtf8(`${Buffer.from(MANIFEST).toString()} `);
  const signed = await openService(service.context).signImage(service.admin, {
    manifest: other,
    repository: IMAGE_REPOSITORY,
  });
  assert(signed.ok);
  assert.equal(await verdictOf(ask, service, { digest: signed.value.digest }), 'fail');
  assert.equal(await verdictOf(ask, service), 'pass');
  assert.equal(judged(), 3, 'one answer at most is kept');
});
