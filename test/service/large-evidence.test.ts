import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { openGate } from '../../src/service/ask-gate.ts';
import type { ServiceContext } from '../../src/service/context.ts';
import { createEvidenceRoom } from '../../src/service/evidence-room.ts';
import { openService } from '../../src/service/open-service.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

const QUESTION = { digest: IMAGE, repository: IMAGE_REPOSITORY };

async function attest({ context, admin }: ServiceUnderTest, stage: string, bytes: number): Promise<void> {
  const body = {
    subject: IMAGE,
    repository: IMAGE_REPOSITORY,
    stage,
    predicateType: 'https://example.com/scan/v1',
    predicate: { text: 'x'.repeat(bytes) },
  };
  const attested = await openService(context).submitAttestation(admin, { body: encodeUtf8(JSON.stringify(body)) });
  assert(attested.ok, JSON.stringify(attested));
}

/** A context that counts what its workers are given. */
function counting(context: ServiceContext): { readonly context: ServiceContext; readonly jobs: () => string } {
  const jobs: string[] = [];
  const { evidenceWorkers } = context;
  return {
    jobs: () => jobs.join(' '),
    context: {
      ...context,
      evidenceWorkers: {
        format: (parts) => {
          jobs.push('format');
          return evidenceWorkers.format(parts);
        },
        judge: (...asked) => {
          jobs.push('judge');
          return evidenceWorkers.judge(...asked);
        },
        facts: (...asked) => {
          jobs.push('facts');
          return evidenceWorkers.facts(...asked);
        },
        table: (...asked) => {
          jobs.push('table');
          return evidenceWorkers.table(...asked);
        },
      },
    },
  };
}

test('evidence over 96 KiB is formatted and judged by workers, with the same result', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  const { context, jobs } = counting(service.context);
  const api = openService(context);
  const small = await api.verifyCustody(service.admin, QUESTION);
  assert(small.ok && small.value.verdict === 'unjudged');
  assert.equal(jobs(), '');
  await attest(service, 'large', 100_000);
  const large = await api.verifyCustody(service.admin, QUESTION);
  assert(large.ok);
  assert.equal(large.value.verdict, 'unjudged');
  assert.equal(large.value.timeline.length, small.value.timeline.length + 1);
  assert.equal(jobs(), 'format judge');
  for (const format of ['json', 'csv'] as const) assert((await api.readReport(service.admin, QUESTION, format)).ok);
  assert.match(jobs(), / table$/);
  const gate = await openGate(context)(service.admin, QUESTION);
  assert(gate.ok && gate.value.verdict === 'unjudged');
});

test('evidence as large as that of ten stages in a large ledger is judged without a worker', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  const { context, jobs } = counting(service.context);
  const api = openService(context);
  const small = await api.readEvidence(service.admin, QUESTION);
  assert(small.ok);
  // Payloads stand in evidence as base64.
  await attest(service, 'middle', Math.floor(((72_000 - small.value.length) * 3) / 4));
  const evidence = await api.readEvidence(service.admin, QUESTION);
  assert(evidence.ok && evidence.value.length > 68_000 && evidence.value.length < 96 * 1024, String(evidence.ok));
  assert((await api.verifyCustody(service.admin, QUESTION)).ok);
  assert(!jobs().includes('judge'), jobs());
});

test('documents are read up to 16 MiB a statement, so that none of them runs out of time', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  for (const stage of ['a', 'b']) await attest(service, stage, 6_500_000);
  const statements: number[] = [];
  const payloads: ServiceContext['store']['payloads'] = async (commitments) => {
    const found = await service.context.store.payloads(commitments);
    statements.push([...found.values()].reduce((sum, { bytes }) => sum + bytes.length, 0));
    return found;
  };
  const api = openService({ ...service.context, store: { ...service.context.store, payloads } });
  const verified = await api.verifyCustody(service.admin, QUESTION);
  assert(verified.ok && verified.value.intact);
  assert(statements.length > 1 && statements.every((bytes) => bytes <= 16 * 1024 * 1024), statements.join(' '));
});

test('evidence for which there is no room now is refused before its documents are read (service/overloaded)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  await attest(service, 'large', 300_000);
  let read = 0;
  const payloads: ServiceContext['store']['payloads'] = async (commitments) => {
    read += 1;
    const found = await service.context.store.payloads(commitments);
    // While the first is under way, a second comes.
    if (read === 1) await assertRefused(api.verifyCustody(service.admin, QUESTION), 'service/overloaded');
    return found;
  };
  const context = {
    ...service.context,
    evidenceRoom: createEvidenceRoom(600_000),
    store: { ...service.context.store, payloads },
  };
  const api = openService(context);
  assert((await api.verifyCustody(service.admin, QUESTION)).ok);
  assert.equal(read, 1);
  assert((await api.verifyCustody(service.admin, QUESTION)).ok, 'the room is given back');
});

test('room is given back once, also where the use of it fails', () => {
  const room = createEvidenceRoom(10);
  const leave = room.enter(1_000);
  assert.throws(() => room.enter(1), {
    fault: { code: 'service/overloaded', message: 'Evidence of 1 MiB is under way already.' },
  });
  leave();
  leave();
  const [a, b] = [room.enter(5), room.enter(5)];
  assert.throws(() => room.enter(1));
  a();
  room.enter(5);
  b();
});
