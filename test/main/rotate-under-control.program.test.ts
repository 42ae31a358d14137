import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlKeyId } from '../../src/core/control/control-keys.ts';
import type { ControlRequest } from '../../src/core/control/control-request.ts';
import { requestEnvelope, requestMessage } from '../../src/core/control/control-request.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { trustLogKey } from '../../src/core/custody/trust-file.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import type { Proposal } from '../../src/core/entry/entry.ts';
import type { SignerRotated } from '../../src/core/entry/kinds/signer-rotated.ts';
import { invariant } from '../../src/core/fault.ts';
import { openServiceKeys } from '../../src/keys/service-keys.ts';
import { replaceOwnKey, requestOwnReplacement } from '../../src/main/replace-own-key.ts';
import { type RecordedStep, requestLogKeyStep, rotateLogKey } from '../../src/main/rotate-log-key.ts';
import { requestOwnRotation, rotateOwnKey } from '../../src/main/rotate-own-key.ts';
import { verifyInPool } from '../../src/native/verify-in-pool.ts';
import { openService } from '../../src/service/open-service.ts';
import { readLeaves, rewriteLedger } from '../../src/tamper/rewrite-ledger.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { AGREEING, CONTROL, controlKey } from '../custody/control-under-test.ts';
import { assertRefused, query } from '../harness/embedded-folder.ts';
import { attestStage, audit, growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { configOf, startReplica as start } from './started-replica.ts';

const common = { passphrase: undefined, log: () => undefined };

/** The envelope of a request, once these holders have signed it on machines of their own. */
function agreedBy(request: ControlRequest, holders: readonly string[] = AGREEING): string {
  const signatures = holders.map((name) => {
    const { publicKey, sign } = controlKey(name);
    return { keyid: controlKeyId(publicKey), sig: sign(requestMessage(request)) };
  });
  return requestEnvelope({ ...request, signatures });
}

async function requestOf(under: ServiceUnderTest, step: RecordedStep): Promise<ControlRequest> {
  const request = await requestLogKeyStep(configOf(under), step, common);
  assert('statement' in request, 'the step is not made yet');
  return request;
}

const rotate = (under: ServiceUnderTest, step: RecordedStep, control?: string, killAfter?: string) =>
  rotateLogKey(configOf(under), step, {
    ...common,
    ...(control === undefined ? {} : { control }),
    afterPart: (part) => {
      if (part === killAfter) throw new Error(`killed after ${part}`);
    },
  });
const prepare = (under: ServiceUnderTest) => rotateLogKey(configOf(under), 'prepare', common);
const sizeOf = async ({ database }: ServiceUnderTest) =>
  (await query(database.ownerUrl, 'SELECT count(*)::int AS size FROM entry'))[0]?.size;

/** What a reader finds who knows this log key, and the control keys. */
async function verdictUnder(context: ServiceUnderTest['context'], under: ServiceUnderTest, vkey: string) {
  const [bytes, trust] = [
    await openService(context).readEvidence(under.admin, { digest: IMAGE, repository: IMAGE_REPOSITORY }),
    trustLogKey(vkey),
  ];
  assert(bytes.ok && trust.ok);
  const evidence = parseEvidence(bytes.value);
  assert(evidence.ok);
  return verifyCustody({
    evidence: evidence.value,
    question: { subject: IMAGE, repository: IMAGE_REPOSITORY },
    trust: { ...trust.value, control: CONTROL },
    evaluatedAt: new Date().toISOString(),
  });
}

test('the key of a log with control keys is rotated with their agreement to each step, cut short or not', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  await growLedger(under, 1);
  const { origin } = under.context.store;
  const old = under.context.logSigner.vkey;
  await prepare(under);
  const announcing = agreedBy(await requestOf(under, 'announce'));
  await assert.rejects(rotate(under, 'announce', announcing, 'recorded'), /killed/);
  const asked = await requestLogKeyStep(configOf(under), 'announce', common);
  assert('standing' in asked, 'what is recorded takes no agreement any more');
  const announced = await rotate(under, 'announce');
  assert.equal(announced.inForce?.length, 2);

  const retiring = agreedBy(await requestOf(under, 'retire'));
  await assert.rejects(rotate(under, 'retire', retiring, 'recorded'), /killed/);
  const between = await start(under);
  await attestStage(between.context, under.admin, 'between');
  await between.close();
  const retired = await rotate(under, 'retire');
  const next = retired.inForce?.[0] ?? '';
  assert.deepEqual([retired.inForce?.length, next === old], [1, false]);

  const fresh = await start(under);
  await attestStage(fresh.context, under.admin, 'after');
  for (const vkey of [old, next]) {
    const { verdict, assurances } = await verdictUnder(fresh.context, under, vkey);
    assert.deepEqual([verdict, assurances.controlSigned], ['unjudged', true]);
  }
  const authenticator = fresh.context.keys.headAuthenticator;
  const audited = await audit(under.database.ownerUrl, { origin, authenticator, verifySignature: verifyInPool });
  assert.deepEqual(audited.findings, []);
  await fresh.close();
});

test('without the agreement to this very step nothing is written (control/missing, control/wrong-place, control/threshold-not-met)', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  await prepare(under);
  const announcing = await requestOf(under, 'announce');
  const before = await sizeOf(under);
  await assertRefused(rotate(under, 'announce'), 'control/missing');
  await assertRefused(rotate(under, 'announce', agreedBy(announcing, AGREEING.slice(1))), 'control/threshold-not-met');
  await assertRefused(rotate(under, 'announce', '{}'), 'control/malformed');
  assert.equal(await sizeOf(under), before);
  await rotate(under, 'announce', agreedBy(announcing));
  const between = await sizeOf(under);
  await assertRefused(rotate(under, 'retire'), 'control/missing');
  await assertRefused(rotate(under, 'retire', agreedBy(announcing)), 'control/wrong-place');
  assert.equal(await sizeOf(under), between);
});

test('a log without control keys takes no agreement, and says so (control/not-needed)', async () => {
  await using under = await openServiceUnderTest();
  await prepare(under);
  await assertRefused(requestLogKeyStep(configOf(under), 'announce', common), 'control/not-needed');
  await assertRefused(rotate(under, 'announce', '{}'), 'control/not-needed');
});

test('whoever has the database and the keys of the service rotates nothing: service, audit and readers refuse it', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  await growLedger(under, 1);
  const old = under.context.logSigner.vkey;
  await prepare(under);
  const keys = openServiceKeys(`${under.folder}/keys`, undefined);
  const next = keys.logSigners(under.context.store.origin)[1]?.vkey ?? '';
  // What would be asked of the control keys is all that is needed beside their signatures.
  const { statement } = await requestOf(under, 'announce');
  const superuser = openSuperuser(under.database.adminUrl);
  await withoutGuards(superuser, async (transaction) => {
    const leaves = await readLeaves(transaction);
    const proposal: Proposal = { kind: 'log-key.rotated', principal: 'service', body: statement.body };
    await rewriteLedger(
      transaction,
      [...leaves, { proposal, time: leaves.at(-1)?.time ?? '' }],
      keys.headAuthenticator,
    );
  });
  await superuser.close();
  const { origin } = under.context.store;
  const found = await audit(under.database.ownerUrl, { origin, authenticator: keys.headAuthenticator });
  assert(
    found.findings.some(({ code, seq }) => code === 'control/missing' && seq > 5),
    JSON.stringify(found.findings),
  );
  await assertRefused(start(under), 'control/missing');
  // A service that was changed not to ask serves it all the same: its readers hear of it, by either key.
  for (const vkey of [old, next]) {
    const { checks, verdict } = await verdictUnder(under.context, under, vkey);
    assert.equal(verdict, 'fail');
    assert(checks.some(({ outcome }) => outcome === 'fail'));
  }
});

test('the service’s own keys are rotated and replaced with the agreement of the control keys', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  await growLedger(under, 1);
  const rotating = { ...common, overlapSeconds: 3_600 };
  const config = configOf(under);
  await assertRefused(rotateOwnKey(config, 'image', rotating), 'control/missing');
  const request = await requestOwnRotation(config, 'image', rotating);
  assert('statement' in request);
  const agreed = {
    body: request.statement.body as unknown as SignerRotated,
    document: request.document ?? new Uint8Array(),
    control: agreedBy(request),
  };
  // What was agreed to is about these keys and no others.
  await assertRefused(rotateOwnKey(config, 'verdict', { ...rotating, agreed }), 'signer/rotation-differs');
  const rotated = await rotateOwnKey(config, 'image', { ...rotating, agreed });
  assert.equal(rotated.until, agreed.body.until);
  await assertRefused(replaceOwnKey(config, 'service', common), 'control/missing');
  const replacing = await requestOwnReplacement(config, 'service', common);
  invariant('statement' in replacing, 'the key is not registered yet');
  const replaced = await replaceOwnKey(config, 'service', { ...common, control: agreedBy(replacing) });
  const fresh = await start(under);
  assert.equal(fresh.context.keys.service.signer, replaced.signer);
  await attestStage(fresh.context, under.admin, 'after');
  const { origin } = fresh.context.store;
  const authenticator = fresh.context.keys.headAuthenticator;
  const audited = await audit(under.database.ownerUrl, { origin, authenticator, verifySignature: verifyInPool });
  assert.deepEqual(audited.findings, []);
  assert.equal((await verdictUnder(fresh.context, under, under.context.logSigner.vkey)).verdict, 'unjudged');
  await fresh.close();
});
