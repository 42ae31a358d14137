import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type EvidenceParts, parseEvidence } from '../../src/core/custody/evidence.ts';
import { judgeEvidenceBytes } from '../../src/core/custody/evidence-job.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { readAttestation } from '../../src/service/read-attestation.ts';
import { EvidenceWorkerPool, WORKER_LIMITS, type WorkerLimits } from '../../src/workers/evidence-workers.ts';
import { custodyLedger, QUESTION } from '../custody/custody-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { assertRefused } from '../harness/embedded-folder.ts';

const ledger = custodyLedger();
const evidence = ledger.evidenceBytes(QUESTION);
const trust = trustOf(ledger);
const at = ledger.time;

/** A pool whose workers run `body` for each job, in place of the real program; closed after the test. */
function poolOf(t: TestContext, body: string | undefined, limits: Partial<WorkerLimits> = {}): EvidenceWorkerPool {
  const text = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', (job) => { ${body} });`;
  const program = body === undefined ? undefined : new URL(`data:text/javascript,${encodeURIComponent(text)}`);
  const pool = new EvidenceWorkerPool({ ...WORKER_LIMITS, workers: 1, ...limits }, program);
  t.after(() => pool.close());
  return pool;
}

function partsOf(bytes: Uint8Array): EvidenceParts {
  const parsed = parseEvidence(bytes);
  assert(parsed.ok);
  return parsed.value;
}

test('a worker formats and judges evidence as the main thread does, faults included', async (t) => {
  const pool = poolOf(t, undefined);
  assert.deepEqual(await pool.judge(evidence, trust, at), judgeEvidenceBytes(evidence, trust, at));
  assert.deepEqual(Buffer.from(await pool.format(partsOf(evidence))), Buffer.from(evidence));
  const judged = await pool.judge(evidence.subarray(1), trust, at);
  assert.equal(judged.ok ? 'ok' : judged.fault.code, 'custody/malformed-evidence');
  assert(evidence.length > 0, 'the caller keeps its bytes');
});

test('a worker reads submissions as the main thread does, faults included', async (t) => {
  const pool = poolOf(t, undefined);
  const plain = { subject: `sha256:${'ab'.repeat(32)}`, repository: 'shop/api', stage: 'scan', predicateType: 'a:b' };
  const bodies = [
    { ...plain, predicate: { of: ['it'] } },
    { ...plain, predicate: 7 },
    { version: '2.1.0', runs: [] },
  ];
  for (const value of bodies) {
    const body = encodeUtf8(JSON.stringify(value));
    const submitted = { body, repository: 'shop/api', stage: 'scan' };
    const read = await pool.read(submitted);
    assert.deepEqual(read, readAttestation(submitted));
    assert(body.length > 0, 'the caller keeps its bytes');
  }
});

test('a worker that crashes refuses its job, and the next one gets another (verification/worker-lost)', async (t) => {
  const crash =
    "if (job.kind === 'judge') throw new Error('out of memory'); parentPort.postMessage(new Uint8Array([7]));";
  const pool = poolOf(t, crash);
  const asked = [pool.judge(evidence, trust, at), pool.format(partsOf(evidence)), pool.judge(evidence, trust, at)];
  const outcomes = await Promise.allSettled(asked);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'fulfilled', 'rejected'],
  );
  await assertRefused(pool.judge(evidence, trust, at), 'verification/worker-lost');
});

test('a worker that ends by itself refuses its job, too (verification/worker-lost)', async (t) => {
  await assertRefused(poolOf(t, 'process.exit(0);').judge(evidence, trust, at), 'verification/worker-lost');
});

test('a worker that runs out of its memory is lost, and not the process (verification/worker-lost)', async (t) => {
  const greedy = poolOf(t, 'const all = []; for (;;) all.push(new Array(100_000).fill(0.5));', { heapMibMax: 32 });
  await assertRefused(greedy.judge(evidence, trust, at), 'verification/worker-lost');
});

test('a job that takes too long is refused, and those that wait go on (verification/out-of-time)', async (t) => {
  const hang = "if (job.kind === 'judge') for (;;); parentPort.postMessage(new Uint8Array([7]));";
  const pool = poolOf(t, hang, { jobMsMax: 1_000 });
  const hung = pool.judge(evidence, trust, at);
  const waiting = pool.format(partsOf(evidence));
  await assertRefused(hung, 'verification/out-of-time');
  assert.equal((await waiting)[0], 7);
});

test('what would wait too long, or behind too many, is refused (service/overloaded)', async (t) => {
  const pool = poolOf(t, '', { waitingMax: 1, waitMsMax: 100 });
  const [running, waiting, tooMany] = [0, 1, 2].map(() => pool.judge(evidence, trust, at));
  assert(running !== undefined && waiting !== undefined && tooMany !== undefined);
  const ended = assertRefused(running, 'service/stopping');
  await assertRefused(tooMany, 'service/overloaded');
  await assertRefused(waiting, 'service/overloaded');
  await pool.close();
  await ended;
  await assertRefused(pool.judge(evidence, trust, at), 'service/stopping');
});
