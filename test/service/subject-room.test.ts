import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUBJECT_ENTRIES_ACCEPTED_MAX } from '../../src/core/limits.ts';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

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
