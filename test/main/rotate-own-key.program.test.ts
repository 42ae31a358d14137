import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROTATED_KEY_NAMES, type RotatedKeyName } from '../../src/keys/next-key.ts';
import { openServiceKeys } from '../../src/keys/service-keys.ts';
import type { Replica } from '../../src/main/open-replica.ts';
import { rotateOwnKey } from '../../src/main/rotate-own-key.ts';
import { verifyInPool } from '../../src/native/verify-in-pool.ts';
import { openService } from '../../src/service/open-service.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { audit, IMAGE_REPOSITORY, MANIFEST } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { configOf, startReplica as start } from './started-replica.ts';

const codeOf = (result: { readonly ok: boolean; readonly fault?: { readonly code: string } }) => result.fault?.code;

async function rotate(
  under: ServiceUnderTest,
  name: RotatedKeyName,
  options: { readonly overlapSeconds?: number; readonly killAfter?: string } = {},
) {
  const { overlapSeconds = 3_600, killAfter } = options;
  return rotateOwnKey(configOf(under), name, {
    overlapSeconds,
    passphrase: undefined,
    log: () => undefined,
    afterStep: (step) => {
      if (step === killAfter) throw new Error(`killed after ${step}`);
    },
  });
}

const sign = (replica: Replica, under: ServiceUnderTest, note: string) =>
  openService(replica.context).signImage(under.admin, {
    manifest: MANIFEST,
    repository: IMAGE_REPOSITORY,
    annotations: { note },
  });

const attest = (replica: Replica, under: ServiceUnderTest, tool: string) =>
  openService(replica.context).submitAttestation(under.admin, {
    body: new TextEncoder().encode(
      JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: tool } }, results: [] }] }),
    ),
    subject: 'sha256:8ba8ad0a8af7c0b9c5bb1e2d0a7b5e0f1b7c5bb0f00d0a1f2f3f4f5f6f7f8f90',
    repository: IMAGE_REPOSITORY,
    stage: 'lint',
  });

test('each of the three keys is followed, replicas with old and new files sign side by side, and all of it verifies', async () => {
  await using under = await openServiceUnderTest();
  const before = await sign(under, under, 'before');
  assert(before.ok);
  const question = { digest: before.value.digest, repository: IMAGE_REPOSITORY };
  for (const name of ROTATED_KEY_NAMES) {
    const rotated = await rotate(under, name);
    assert.equal(rotated.old, under.keys[name].signer);
    assert.equal(openServiceKeys(join(under.folder, 'keys'), undefined)[name].signer, rotated.signer);
    assert(existsSync(rotated.kept));
    assert.equal(statSync(join(under.folder, 'keys', `${name}.key`)).mode & 0o077, 0);
  }
  const fresh = await start(under);
  try {
    const after = await sign(fresh, under, 'after');
    assert(after.ok);
    assert.notEqual(after.value.signer, before.value.signer);
    const still = await sign(under, under, 'still');
    assert(still.ok, JSON.stringify(still));
    assert.equal(still.value.signer, before.value.signer, 'a replica that runs goes on with its own');
    assert((await attest(under, under, 'old')).ok && (await attest(fresh, under, 'new')).ok);
    for (const replica of [under, fresh]) {
      const recorded = await openService(replica.context).recordVerdict(under.admin, question);
      assert(recorded.ok, JSON.stringify(recorded));
      assert.equal(recorded.value.result.verdict, 'unjudged');
    }
    const audited = await audit(under.database.ownerUrl, {
      origin: under.context.store.origin,
      authenticator: under.keys.headAuthenticator,
      verifySignature: verifyInPool,
    });
    assert.deepEqual(audited.findings, []);
  } finally {
    await fresh.close();
  }
});

test('from the end of the overlap on a replica with the old file signs nothing, and does not start again (key/retired)', async () => {
  await using under = await openServiceUnderTest();
  const image = await sign(under, under, 'before');
  assert(image.ok);
  const old = join(under.folder, 'old');
  cpSync(join(under.folder, 'keys'), old, { recursive: true });
  for (const name of ROTATED_KEY_NAMES) await rotate(under, name, { overlapSeconds: 1 });
  await sleep(1_100);
  assert.equal(codeOf(await sign(under, under, 'late')), 'key/retired');
  assert.equal(codeOf(await attest(under, under, 'late')), 'key/retired');
  const question = { digest: image.value.digest, repository: IMAGE_REPOSITORY };
  assert.equal(codeOf(await openService(under.context).recordVerdict(under.admin, question)), 'key/retired');
  assert.equal(codeOf(await openService(under.context).readReport(under.admin, question, 'json')), 'key/retired');
  await assertRefused(start(under, old), 'key/retired');
  const fresh = await start(under);
  try {
    assert((await sign(fresh, under, 'late')).ok);
    const custody = await openService(fresh.context).verifyCustody(under.admin, question);
    assert(custody.ok);
    assert.equal(custody.value.verdict, 'unjudged');
  } finally {
    await fresh.close();
  }
});

test('a rotation that was cut short after any step is run again to its end, with one successor', async () => {
  for (const [killAfter, ends] of [
    ['drawn', false],
    ['recorded', false],
    ['promoted', true],
  ] as const) {
    await using under = await openServiceUnderTest();
    await assert.rejects(rotate(under, 'image', { killAfter }), /killed after/);
    const between = await start(under);
    assert((await sign(between, under, 'between')).ok, 'a service starts and signs whatever was cut short');
    await between.close();
    if (!ends) await rotate(under, 'image');
    const keys = openServiceKeys(join(under.folder, 'keys'), undefined);
    assert.notEqual(keys.image.signer, under.keys.image.signer);
    const files = readdirSync(join(under.folder, 'keys'));
    assert.equal(files.filter((name) => name.startsWith('image') && name.endsWith('.old.key')).length, 1);
    assert(!files.some((name) => name.includes('next') || name.endsWith('.new')));
    const shown = await openService(under.context).readSigner(under.admin, under.keys.image.signer);
    assert(shown.ok);
    assert.equal(shown.value.successor, keys.image.signer);
  }
});

test('a rotation cut short for longer than its overlap is ended all the same', async () => {
  await using under = await openServiceUnderTest();
  await assert.rejects(rotate(under, 'service', { killAfter: 'recorded', overlapSeconds: 1 }), /killed after/);
  await sleep(1_100);
  await assertRefused(start(under), 'key/retired');
  await rotate(under, 'service');
  await (await start(under)).close();
});

test('a key that the log does not name is never signed with (key/not-registered)', async () => {
  await using under = await openServiceUnderTest();
  await assert.rejects(rotate(under, 'image', { killAfter: 'drawn' }), /killed after/);
  const keys = join(under.folder, 'keys');
  copyFileSync(join(keys, 'image.next.key'), join(keys, 'image.key'));
  await assertRefused(start(under), 'key/not-registered');
});

test('two replicas that let two keys follow one end with one rotation (signer/rotated-twice)', async () => {
  await using under = await openServiceUnderTest();
  const other = { ...under, folder: join(under.folder, 'other') };
  cpSync(join(under.folder, 'keys'), join(other.folder, 'keys'), { recursive: true });
  cpSync(join(under.folder, 'state'), join(other.folder, 'state'), { recursive: true });
  await rotate(under, 'verdict');
  await assertRefused(rotate(other as ServiceUnderTest, 'verdict'), 'signer/rotated-twice');
});
