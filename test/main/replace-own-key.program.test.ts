import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { trustLogKey } from '../../src/core/custody/trust-file.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { ROTATED_KEY_NAMES, type RotatedKeyName } from '../../src/keys/next-key.ts';
import type { Replica } from '../../src/main/open-replica.ts';
import { replaceOwnKey } from '../../src/main/replace-own-key.ts';
import { rotateOwnKey } from '../../src/main/rotate-own-key.ts';
import { verifyInPool } from '../../src/native/verify-in-pool.ts';
import { openService } from '../../src/service/open-service.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { attestStage, audit, growLedger, IMAGE, IMAGE_REPOSITORY, MANIFEST } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { configOf, startReplica as start } from './started-replica.ts';

const common = { passphrase: undefined, log: () => undefined };
const QUESTION = { digest: IMAGE, repository: IMAGE_REPOSITORY };

const replace = (under: ServiceUnderTest, name: RotatedKeyName, killAfter?: string) =>
  replaceOwnKey(configOf(under), name, {
    ...common,
    afterStep: (step) => {
      if (step === killAfter) throw new Error(`killed after ${step}`);
    },
  });

/** What each of the three keys signs, and the code of what is refused. */
async function signedBy({ context }: Replica, under: ServiceUnderTest, name: RotatedKeyName, note: string) {
  const service = openService(context);
  const image = { manifest: MANIFEST, repository: IMAGE_REPOSITORY, annotations: { note } };
  const body = new TextEncoder().encode(
    JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: note } }, results: [] }] }),
  );
  const made = {
    image: () => service.signImage(under.admin, image),
    service: () =>
      service.submitAttestation(under.admin, { body, subject: IMAGE, repository: IMAGE_REPOSITORY, stage: note }),
    verdict: () => service.recordVerdict(under.admin, QUESTION),
  };
  const result = await made[name]();
  return result.ok ? 'signed' : result.fault.code;
}

/** The checks of a signer that did not pass, as a reader finds them. */
async function refusedSignatures({ context }: Replica, under: ServiceUnderTest) {
  const evidence = await openService(context).readEvidence(under.admin, QUESTION);
  const trust = trustLogKey(context.logSigner.vkey);
  assert(evidence.ok && trust.ok);
  const read = parseEvidence(evidence.value);
  assert(read.ok);
  const question = { subject: IMAGE, repository: IMAGE_REPOSITORY };
  const at = { trust: trust.value, evaluatedAt: new Date().toISOString() };
  return verifyCustody({ evidence: read.value, question, ...at }).checks.filter(({ outcome }) => outcome === 'fail');
}

test('each of the three keys is replaced once it is in the wrong hands; what it signed before goes on to verify', async () => {
  await using under = await openServiceUnderTest();
  const receipts = [...(await growLedger(under, 1))];
  let running: Replica = under;
  for (const name of ROTATED_KEY_NAMES) {
    const old = running.context.keys[name].signer;
    assert.equal(await signedBy(running, under, name, `before ${name}`.replace(' ', '-')), 'signed');
    // The revocation names the present: what was signed in this very millisecond would not count.
    await sleep(2);
    const revoked = await openService(running.context).revokeSigner(under.admin, old);
    assert(revoked.ok, JSON.stringify(revoked));
    assert.equal(await signedBy(running, under, name, 'after'), 'key/retired');
    await assertRefused(start(under), 'key/retired');
    await assertRefused(rotateOwnKey(configOf(under), name, { ...common, overlapSeconds: 60 }), 'signer/revoked');

    const replaced = await replace(under, name);
    assert.equal(replaced.old, old);
    if (running !== under) await running.close();
    running = await start(under);
    assert.equal(running.context.keys[name].signer, replaced.signer);
    assert.equal(await signedBy(running, under, name, `since-${name}`), 'signed');
  }
  receipts.push(await attestStage(running.context, under.admin, 'late'));
  const key = parseVkey(under.context.logSigner.vkey);
  assert(key.ok && receipts.every((receipt) => verifyReceipt(receipt, [key.value]).ok));
  assert.deepEqual(await refusedSignatures(running, under), []);
  const { origin } = running.context.store;
  const authenticator = running.context.keys.headAuthenticator;
  const audited = await audit(under.database.ownerUrl, { origin, authenticator, verifySignature: verifyInPool });
  assert.deepEqual(audited.findings, []);
  await running.close();
});

test('what a key signed since it was lost does not count (signer/revoked)', async () => {
  await using under = await openServiceUnderTest();
  await growLedger(under, 1);
  const lost = new Date().toISOString();
  await sleep(2);
  await attestStage(under.context, under.admin, 'since');
  await replace(under, 'service');
  const fresh = await start(under);
  const revoked = await openService(fresh.context).revokeSigner(under.admin, under.keys.service.signer, lost);
  assert(revoked.ok, JSON.stringify(revoked));
  const refused = await refusedSignatures(fresh, under);
  assert.deepEqual(
    refused.map(({ code, reason, stage }) => [code, reason, stage]),
    [['signer/in-force', 'signer/revoked', 'since']],
  );
  await attestStage(fresh.context, under.admin, 'again');
  assert.equal((await refusedSignatures(fresh, under)).length, 1);
  await fresh.close();
});

test('a replacement that was cut short after any step is run again to its end, with one new key', async () => {
  await using under = await openServiceUnderTest();
  for (const killAfter of ['drawn', 'recorded', 'promoted']) {
    const before = (
      await start(under).then(async (replica) => {
        await replica.close();
        return replica;
      })
    ).context.keys.image.signer;
    await assert.rejects(replace(under, 'image', killAfter), /killed/);
    const between = await start(under);
    assert.equal(await signedBy(between, under, 'image', `after-${killAfter}`), 'signed');
    await between.close();
    if (killAfter !== 'promoted') assert.equal((await replace(under, 'image')).old, before);
    const ended = await start(under);
    const signers = await openService(ended.context).listSigners(under.admin, { limit: 100 });
    assert(signers.ok);
    const images = signers.value.items.filter(({ use }) => use === 'image');
    assert.deepEqual(images.length, ['drawn', 'recorded', 'promoted'].indexOf(killAfter) + 2);
    assert.equal(images.at(-1)?.signer, ended.context.keys.image.signer);
    await ended.close();
  }
});
