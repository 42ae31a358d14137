import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Submission } from '../../src/service/ports.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { readLeaves, rewriteLedger } from '../../src/tamper/rewrite-ledger.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { attestStage, audit, codesOf, growLedger } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const seal: Submission = {
  identity: submissionIdentity('sealing', ['here', 'there']),
  proposal: {
    kind: 'log.sealed',
    principal: 'service',
    body: { successor: 'waybill-00000000000000ff', logKeys: ['waybill-00000000000000ff+01020304+AQ=='] },
  },
  restsOn: [],
};

test('nothing is appended after the seal, by any replica, and what was recorded before is found (log/sealed)', async () => {
  await using service = await openServiceUnderTest();
  const [, receipt] = await growLedger(service, 1);
  const other = await service.openAnother();
  const { appended, head } = await service.context.sequencer.sequence(seal);
  assert.equal(appended.outcome, 'appended');
  for (const { context } of [service, other])
    await assertRefused(attestStage(context, service.admin, 'after'), 'log/sealed');
  await assertRefused(
    service.context.sequencer.sequence({ ...seal, identity: submissionIdentity('sealing', ['again']) }),
    'log/sealed',
  );
  assert.deepEqual((await attestStage(other.context, service.admin, 'stage-1')).index, receipt?.index);
  assert.equal((await other.context.store.head()).frontier.size, head.frontier.size);
});

test('nothing goes into the ledger behind a seal in its own batch (log/sealed)', async () => {
  await using service = await openServiceUnderTest();
  const before = (await service.context.store.head()).frontier.size;
  const later = { ...seal, identity: submissionIdentity('sealing', ['twice']) };
  const both = await Promise.allSettled([seal, later].map((one) => service.context.sequencer.sequence(one)));
  assert(both.every(({ status }) => status === 'rejected'));
  assert.equal((await service.context.store.head()).frontier.size, before);
});

test('an entry that somebody with the log key wrote behind the seal is found by the audit (entry/after-seal)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  await service.context.sequencer.sequence(seal);
  const { origin } = service.context.store;
  const superuser = openSuperuser(service.database.adminUrl);
  await withoutGuards(superuser, async (transaction) => {
    const leaves = await readLeaves(transaction);
    const time = leaves.at(-1)?.time;
    assert(time !== undefined);
    const proposal = { kind: 'principal.revoked', principal: 'bootstrap-admin', body: { principal: 'ci' } };
    await rewriteLedger(transaction, [...leaves, { proposal, time }], service.keys.headAuthenticator);
  });
  await superuser.close();
  const result = await audit(service.database.ownerUrl, { origin, authenticator: service.keys.headAuthenticator });
  assert(codesOf(result).includes('entry/after-seal'), String(codesOf(result)));
});
