import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUBJECT_ENTRIES_ACCEPTED_MAX } from '../../src/core/limits.ts';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { DIGEST, MANIFEST } from '../http/edge-under-test.ts';

const digest = `sha256:${'9'.repeat(64)}`;

function attest(under: ServiceUnderTest, repository: string, nonce: number) {
  const body = Buffer.from(
    JSON.stringify({
      subject: digest,
      repository,
      stage: 'load',
      predicateType: 'https://example.com/load/v1',
      predicate: { nonce },
    }),
  );
  return openService(under.context).submitAttestation(under.admin, { body });
}

test('a subject takes as many entries in a repository as evidence can hold, and one more is refused (attestation/subject-full)', async () => {
  await using under = await openServiceUnderTest();
  const more = 20;
  const answers = await Promise.all(
    Array.from({ length: SUBJECT_ENTRIES_ACCEPTED_MAX + more }, (_, nonce) => attest(under, 'shop/api', nonce)),
  );
  assert.equal(answers.filter((answer) => answer.ok).length, SUBJECT_ENTRIES_ACCEPTED_MAX);
  for (const answer of answers) if (!answer.ok) assert.equal(answer.fault.code, 'attestation/subject-full');
  const judged = await openService(under.context).verifyCustody(under.admin, { digest, repository: 'shop/api' });
  assert(judged.ok, 'what was accepted can still be verified');
  assert((await attest(under, 'shop/other', 0)).ok, 'another repository has room of its own');
});

test('waivers and releases take room for their ends with them, and what takes back is never refused (attestation/subject-full)', async () => {
  await using under = await openServiceUnderTest();
  const service = openService(under.context);
  const person = async (principal: string) => {
    const asked = {
      principal,
      role: 'release-manager',
      repositories: ['*'],
      stages: ['*'],
      person: principal,
    } as const;
    const granted = await service.grantPrincipal(under.admin, asked);
    assert(granted.ok);
    return { ...asked, grants: 1 };
  };
  const [anna, ben] = [await person('anna'), await person('ben')];
  const named = {
    principal: 'bootstrap-admin',
    role: 'admin',
    repositories: ['*'],
    stages: ['*'],
    person: 'root',
  } as const;
  assert((await service.grantPrincipal(under.admin, named)).ok);
  const admin = { ...named, grants: 2 };
  const repository = 'shop/api';
  const stages = [{ stage: 'scan' }];
  assert((await service.publishContract(admin, { contract: 'shop', repositories: ['shop/*'], stages })).ok);
  const signed = await service.signImage(admin, { manifest: MANIFEST, repository });
  assert(signed.ok);
  const ask = (reason: string) =>
    service.requestWaiver(anna, {
      digest: DIGEST,
      repository,
      contract: 'shop',
      check: 'contract/stage',
      stage: 'scan',
      expires: new Date(Date.now() + 3_600_000).toISOString(),
      breakGlass: false,
      reason,
    });
  const asked = await ask('first');
  assert(asked.ok, JSON.stringify(asked));
  // The signature, three for the waiver, and all others but the two that a release takes: one too few for a waiver.
  const load = (nonce: number) => {
    const predicate = {
      subject: DIGEST,
      repository,
      stage: 'load',
      predicateType: 'https://example.com/load/v1',
      predicate: { nonce },
    };
    return service.submitAttestation(admin, { body: Buffer.from(JSON.stringify(predicate)) });
  };
  const loaded = await Promise.all(Array.from({ length: SUBJECT_ENTRIES_ACCEPTED_MAX - 6 }, (_, nonce) => load(nonce)));
  assert(loaded.every(({ ok }) => ok));
  const refused = await ask('second');
  assert(!refused.ok && refused.fault.code === 'attestation/subject-full', JSON.stringify(refused));
  assert((await service.approveWaiver(ben, asked.value.waiver)).ok);
  const release = { digest: DIGEST, repository, environment: 'production' };
  const released = await service.releaseImage(anna, release);
  assert(released.ok, JSON.stringify(released));
  const full = await load(-1);
  assert(!full.ok && full.fault.code === 'attestation/subject-full');
  assert(!(await service.releaseImage(anna, { ...release, environment: 'staging' })).ok);
  assert((await service.revokeWaiver(anna, asked.value.waiver)).ok);
  assert((await service.retireImage(anna, { ...release })).ok);
  assert((await service.verifyCustody(anna, { digest: DIGEST, repository })).ok);
});
