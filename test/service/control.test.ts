import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Contract } from '../../src/core/contract/contract.ts';
import { type ControlSet, controlSetFields } from '../../src/core/control/control-keys.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { trustLogKey } from '../../src/core/custody/trust-file.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { principalKey, TRUST_KEY } from '../../src/core/entry/keys.ts';
import { ok } from '../../src/core/fault.ts';
import { formatGrantDocument, type GrantDocument } from '../../src/core/trust/grant-document.ts';
import { appendEntry } from '../../src/service/append-entry.ts';
import { openService } from '../../src/service/open-service.ts';
import { ServiceError } from '../../src/service/ports.ts';
import { CONTROL, controlSet } from '../custody/control-under-test.ts';
import { imageManifest } from '../custody/custody-under-test.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { agreeTo, agreeToContract } from './agreement.ts';

const IMAGE = imageManifest();
const digest = `sha256:${createHash('sha256').update(IMAGE).digest('hex')}`;
const repository = 'shop/api';
const contract = (title: string): Contract => ({ contract: 'shop', title, repositories: ['shop/*'], stages: [] });

test('a contract that control keys agreed to counts, and one without their agreement is not let in (control/missing)', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const service = openService(under.context);
  const { admin } = under;
  assert((await service.signImage(admin, { manifest: IMAGE, repository })).ok);
  const refused = await service.publishContract(admin, contract('first'));
  assert(!refused.ok && refused.fault.code === 'control/missing');
  const published = await service.publishContract(
    admin,
    contract('first'),
    await agreeToContract(under.context.store, contract('first')),
  );
  assert(published.ok, JSON.stringify(published));
  const evidence = await service.readEvidence(admin, { digest });
  assert(evidence.ok);
  const parsed = parseEvidence(evidence.value);
  const trust = trustLogKey(service.logVkey);
  assert(parsed.ok && trust.ok);
  const question = { subject: digest, repository };
  const evaluatedAt = new Date().toISOString();
  const judged = verifyCustody({
    evidence: parsed.value,
    question,
    trust: { ...trust.value, control: CONTROL },
    evaluatedAt,
  });
  assert.equal(judged.verdict, 'pass', JSON.stringify(judged.checks.filter(({ outcome }) => outcome !== 'pass')));
  assert.equal(judged.assurances.controlSigned, true);
  const own = await service.verifyCustody(admin, { digest });
  assert(own.ok && own.value.verdict === 'pass' && own.value.assurances.controlSigned);
});

test('an agreement that was used, that too few signed, or that is about something else is refused, and nothing is written', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const service = openService(under.context);
  const { admin } = under;
  const first = contract('first');
  const agreed = await agreeToContract(under.context.store, first);
  assert((await service.publishContract(admin, first, agreed)).ok);
  const size = async () => (await under.context.store.head()).frontier.size;
  const before = await size();
  const second = contract('second');
  const refusals: [string, string | undefined][] = [
    ['control/wrong-place', agreed],
    ['control/threshold-not-met', await agreeToContract(under.context.store, second, ['ann'])],
    ['control/threshold-not-met', await agreeToContract(under.context.store, second, ['ann', 'stranger'])],
    ['control/wrong-payload', await agreeToContract(under.context.store, contract('third'))],
    ['control/wrong-key', await agreeToContract(under.context.store, { ...second, contract: 'other' })],
    ['control/malformed', '{}'],
    ['control/missing', undefined],
  ];
  for (const [code, control] of refusals) {
    const refused = await service.publishContract(admin, second, control);
    assert(!refused.ok && refused.fault.code === code, `${code}: ${JSON.stringify(refused)}`);
  }
  assert.equal(await size(), before);
});

test('a change that was made already is found again, with its first receipt, whether or not the agreement is sent again', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const service = openService(under.context);
  const { admin } = under;
  const agreed = await agreeToContract(under.context.store, contract('first'));
  const made = await service.publishContract(admin, contract('first'), agreed);
  for (const control of [agreed, undefined]) {
    const again = await service.publishContract(admin, contract('first'), control);
    assert(made.ok && again.ok && again.value.duplicate);
    assert.equal(again.value.seq, made.value.seq);
  }
});

test('of two agreements for one place one is appended, and the other is stale under the lock (control/wrong-place)', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const peer = openService((await under.openAnother()).context);
  const service = openService(under.context);
  const { admin } = under;
  const documents = [contract('one'), contract('another')];
  const agreed = await Promise.all(documents.map((document) => agreeToContract(under.context.store, document)));
  const answers = await Promise.all(
    documents.map((document, index) => (index === 0 ? service : peer).publishContract(admin, document, agreed[index])),
  );
  assert.deepEqual(answers.map(({ ok }) => ok).sort(), [false, true]);
  const refused = answers.find(({ ok }) => !ok);
  assert(refused !== undefined && !refused.ok && refused.fault.code === 'control/wrong-place');
});

test('a log without control keys takes no agreement (control/not-needed), and has none to change (control/no-keys)', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const { admin } = under;
  const refused = await service.publishContract(
    admin,
    contract('first'),
    await agreeToContract(under.context.store, contract('first')),
  );
  assert(!refused.ok && refused.fault.code === 'control/not-needed');
  assert((await service.publishContract(admin, contract('first'))).ok);
  const change = await service.changeControlKeys(admin, { ...controlSetFields(CONTROL), control: 'x' });
  assert(!change.ok && change.fault.code === 'control/no-keys');
  const keys = await service.readControlKeys(admin);
  assert(keys.ok && keys.value.controlThreshold === 0 && keys.value.controlKeys.length === 0);
});

test('a use case that forgets the agreement gets nothing appended, whoever is named as the writer (control/missing)', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const { size } = (await under.context.store.head()).frontier;
  for (const principal of ['bootstrap-admin', 'service']) {
    const body = { contract: 'shop', version: 1, repositories: ['shop/*'] };
    const forgotten = await appendEntry(under.context, async () =>
      ok({
        identity: new Uint8Array(32).fill(principal.length),
        proposal: { kind: 'contract.withdrawn', principal, body },
        restsOn: [],
      }),
    );
    assert(!forgotten.ok && forgotten.fault.code === 'control/missing');
  }
  assert.equal((await under.context.store.head()).frontier.size, size);
});

test('what opens a log stands in its first five entries, in order', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const opened = await under.context.store.entryRange(0, 6);
  assert.deepEqual(
    opened.map(({ entry: { kind, body } }) => [kind, (body as { use?: string }).use]),
    [
      ['log.opened', undefined],
      ['signer.registered', 'image'],
      ['signer.registered', 'service'],
      ['signer.registered', 'verdict'],
      ['principal.granted', undefined],
      ['map.committed', undefined],
    ],
  );
});

test('whoever is made a person, or given a role that changes trust, takes agreement; other grants do not', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const service = openService(under.context);
  const { admin } = under;
  const { store } = under.context;
  const scope = { repositories: ['*'], stages: ['*'] };
  const grants: GrantDocument[] = [
    { role: 'pipeline', ...scope, person: 'p-1' },
    { role: 'release-manager', ...scope },
    { role: 'admin', ...scope },
  ];
  for (const grant of grants) {
    const principal = `some-${grant.role}`;
    const refused = await service.grantPrincipal(admin, { principal, ...grant });
    assert(!refused.ok && refused.fault.code === 'control/missing', principal);
    const key = principalKey(principal);
    const body = { principal, role: grant.role };
    const document = formatGrantDocument(grant);
    const control = await agreeTo(store, { kind: 'principal.granted', key, body, document });
    assert((await service.grantPrincipal(admin, { principal, ...grant, control })).ok);
    // Taking it away, or putting another in its place, takes agreement again.
    const demoted = await service.grantPrincipal(admin, { principal, role: 'auditor', ...scope });
    assert(!demoted.ok && demoted.fault.code === 'control/missing');
    const revoked = await service.revokePrincipal(admin, principal);
    assert(!revoked.ok && revoked.fault.code === 'control/missing');
    const agreed = await agreeTo(store, { kind: 'principal.revoked', key, body: { principal } });
    assert((await service.revokePrincipal(admin, principal, agreed)).ok);
  }
  for (const role of ['pipeline', 'auditor', 'operator'] as const) {
    assert((await service.grantPrincipal(admin, { principal: 'harmless', role, ...scope })).ok);
  }
  assert((await service.revokePrincipal(admin, 'harmless')).ok);
});

test('control keys change by agreement of those before, and every replica holds to those in force', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const peer = openService((await under.openAnother()).context);
  const service = openService(under.context);
  const { admin } = under;
  const { store } = under.context;
  const next = controlSet(['dan', 'p256-eve'], 2);
  const body = { ...controlSetFields(next) };
  const change = { kind: 'control-keys.changed', key: TRUST_KEY, body };
  const own = await service.changeControlKeys(admin, {
    ...controlSetFields(next),
    control: await agreeTo(store, change, ['dan', 'p256-eve']),
  });
  assert(!own.ok && own.fault.code === 'control/threshold-not-met');
  const control = await agreeTo(store, change);
  const changed = await service.changeControlKeys(admin, { ...controlSetFields(next), control });
  assert(changed.ok && changed.value.controlThreshold === 2);
  const again = await peer.changeControlKeys(admin, { ...controlSetFields(next), control });
  assert(changed.ok && again.ok && again.value.duplicate && again.value.seq === changed.value.seq);
  const old = await peer.publishContract(admin, contract('first'), await agreeToContract(store, contract('first')));
  assert(!old.ok && old.fault.code === 'control/threshold-not-met');
  const agreed = await agreeToContract(store, contract('first'), ['dan', 'p256-eve']);
  assert((await peer.publishContract(admin, contract('first'), agreed)).ok);
});

test('a service whose configuration names other control keys does not start (control/keys-differ)', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const next = controlSet(['dan', 'p256-eve'], 2);
  const start = async (control: ControlSet) => (await under.openAnother(undefined, { control })).close();
  await assert.rejects(start(next), isFault('control/keys-differ'));
  const { store } = under.context;
  const change = { kind: 'control-keys.changed', key: TRUST_KEY, body: { ...controlSetFields(next) } };
  const control = await agreeTo(store, change);
  assert((await openService(under.context).changeControlKeys(under.admin, { ...controlSetFields(next), control })).ok);
  for (const set of [CONTROL, next]) await start(set);
  await assert.rejects(start(controlSet(['dan'], 1)), isFault('control/keys-differ'));
  await using plain = await openServiceUnderTest();
  await assert.rejects(plain.openAnother(undefined, { control: CONTROL }), isFault('control/keys-differ'));
});

function isFault(code: string) {
  return (error: unknown) => error instanceof ServiceError && error.fault.code === code;
}
