import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCompleteness } from '../../src/core/completeness/completeness.ts';
import { verifyCompleteness } from '../../src/core/completeness/verify-completeness.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { trustLogKey } from '../../src/core/custody/trust-file.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const DIGESTS = ['1', '2', '3'].map((digit) => `sha256:${digit.repeat(64)}`);
/** How many writes go on beside the reading, each writer's next as soon as its last is recorded, for as long as it takes. */
const WRITERS = 4;
const READS = 25;

test('what is shown is of one checkpoint, however many replicas append while it is read', async () => {
  await using under = await openServiceUnderTest();
  const replicas = [under.context, (await under.openAnother()).context].map(openService);
  const trust = trustLogKey(replicas[0]?.logVkey ?? '');
  assert(trust.ok);
  const write = async (index: number) => {
    const document = {
      subject: DIGESTS[index % DIGESTS.length],
      repository: 'shop/api',
      stage: `stage-${index}`,
      predicateType: 'https://example.com/note/v1',
      predicate: { index },
    };
    const service = replicas[index % 2] ?? assert.fail();
    const answer = await service.submitAttestation(under.admin, { body: encodeUtf8(JSON.stringify(document)) });
    assert(answer.ok, JSON.stringify(answer));
  };
  await Promise.all(DIGESTS.map((_, index) => write(index)));
  let isRead = false;
  let written = DIGESTS.length;
  const writing = Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (!isRead) await write(written++);
    }),
  );
  const sizes = new Set<number>();
  try {
    for (let round = 0; round < READS; round += 1) {
      const service = replicas[round % 2] ?? assert.fail();
      const digest = DIGESTS[round % DIGESTS.length] ?? '';
      const [proof, evidence] = await Promise.all([
        service.proveCompleteness(under.admin, `image:${digest}`),
        service.readEvidence(under.admin, { digest, repository: 'shop/api' }),
      ]);
      assert(proof.ok && evidence.ok, JSON.stringify([proof, evidence]).slice(0, 500));
      const parsed = parseCompleteness(proof.value);
      assert(parsed.ok);
      const evaluatedAt = new Date().toISOString();
      const result = verifyCompleteness(parsed.value, trust.value, evaluatedAt);
      assert.equal(result.holds, true, JSON.stringify(result.checks));
      sizes.add(result.checkpoint?.size ?? 0);
      const read = parseEvidence(evidence.value);
      assert(read.ok);
      const { question } = read.value;
      const custody = verifyCustody({ evidence: read.value, question, trust: trust.value, evaluatedAt });
      assert.equal(custody.intact, true, JSON.stringify(custody.checks.filter(({ outcome }) => outcome !== 'pass')));
    }
  } finally {
    // Also where a reading failed: a writer that met the service's end would hide why.
    isRead = true;
    await Promise.allSettled([writing]);
  }
  await writing;
  assert(sizes.size > READS / 2, 'the log grew while it was read');
});
