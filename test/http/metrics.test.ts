import assert from 'node:assert/strict';
import { test } from 'node:test';
import supertest from 'supertest';
import { createHttpApp } from '../../src/http/app.ts';
import type { BatchReport } from '../../src/service/batch-report.ts';
import { openEdgeUnderTest } from './edge-under-test.ts';
import { stubService } from './stub-service.ts';

/** The samples of an exposition by name and labels. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test('says how far behind the service is, what its batches take, and what fails', async () => {
  let report: (batch: BatchReport) => void = () => undefined;
  const service = stubService({
    queue: () => ({ depth: 7, oldestWaiting: 1.5 }),
    watchBatches: (told) => (report = told),
  });
  const app = createHttpApp(service, {
    version: '1.2.3',
    databaseConnections: () => ({ total: 10, idle: 4, waiting: 3 }),
  });
  report({ submissions: 30, waited: 0.02, transaction: 0.004, publishing: 0.002 });
  report({ submissions: 2, waited: 0, transaction: 3, code: 'database/contended' });
  const answer = await supertest(app).get('/metrics').set('Authorization', 'Bearer wbt_operator');
  const samples = samplesOf(answer.text);
  const expected = {
    [`waybill_info{version="1.2.3",origin="${service.origin}"}`]: 1,
    waybill_queue_depth: 7,
    waybill_queue_oldest_seconds: 1.5,
    'waybill_database_connections{state="busy"}': 6,
    'waybill_database_connections{state="idle"}': 4,
    'waybill_database_connections{state="waited_for"}': 3,
    waybill_batch_submissions_sum: 32,
    'waybill_batch_submissions_bucket{le="2"}': 1,
    'waybill_sequencing_duration_seconds_sum{step="transaction"}': 3.004,
    'waybill_sequencing_duration_seconds_count{step="publishing"}': 1,
    'waybill_batch_failures_total{code="database/contended"}': 1,
    waybill_ready: 1,
    'waybill_signers{state="in-force"}': 2,
    waybill_signer_age_due: 1,
    waybill_signer_age_expired: 0,
    waybill_signer_age_seconds_max: 86_400,
  };
  assert(![...samples.keys()].includes('waybill_signer_age_expiry_seconds_min'), 'none will become too old');
  for (const [name, value] of Object.entries(expected)) assert.equal(samples.get(name), value, name);
  assert(
    [...samples.keys()].some((name) => name.startsWith('nodejs_eventloop_lag')),
    'the process tells of itself',
  );
});

test('says when the next signer is too old, and nothing of signers while they cannot be read', async () => {
  let isAway = false;
  const states = { 'in-force': 0, due: 0, overlap: 0, rotated: 0, expired: 3, revoked: 0, disowned: 0 };
  const service = stubService({
    signerAges: async () => {
      if (isAway) throw new Error('planted: the database is away');
      return { states, nextExpirySeconds: 60 };
    },
  });
  const app = createHttpApp(service);
  const ask = async () =>
    samplesOf((await supertest(app).get('/metrics').set('Authorization', 'Bearer wbt_operator')).text);
  const samples = await ask();
  assert.equal(samples.get('waybill_signer_age_expiry_seconds_min'), 60);
  assert.equal(samples.get('waybill_signer_age_expired'), 3);
  isAway = true;
  const names = [...(await ask()).keys()];
  assert.deepEqual(
    names.filter((name) => name.startsWith('waybill_signer')),
    [],
  );
});

test('names the code that keeps requests from being served, for as long as it does', async () => {
  let reason: string | undefined = 'head/behind-anchor';
  const service = stubService({
    readiness: async () => (reason === undefined ? { ready: true, size: 5 } : { ready: false, reason }),
  });
  const app = createHttpApp(service);
  const ask = async () =>
    samplesOf((await supertest(app).get('/metrics').set('Authorization', 'Bearer wbt_operator')).text);
  const down = await ask();
  assert.deepEqual([down.get('waybill_ready'), down.get('waybill_unready{code="head/behind-anchor"}')], [0, 1]);
  reason = undefined;
  const up = await ask();
  assert.deepEqual([up.get('waybill_ready'), up.get('waybill_unready{code="head/behind-anchor"}')], [1, undefined]);
});

test('labels come from closed lists: nothing that a stranger sends makes a new series', async () => {
  const service = stubService();
  const app = createHttpApp(service);
  const ask = () => supertest(app).get('/metrics').set('Authorization', 'Bearer wbt_operator');
  const stranger = async (name: string) => {
    await supertest(app).get(`/v1/${name}`).set('Authorization', `Bearer ${name}`);
    await supertest(app).get(`/v1/images/${name}`).set('Authorization', 'Bearer wbt_auditor').set('X-Request-Id', name);
  };
  const series = (text: string) => [...samplesOf(text).keys()].filter((name) => name.startsWith('waybill_')).sort();
  // Long enough that every refusal has come once, also of an address that failed too often.
  for (let index = 0; index < 40; index += 1) await stranger(`stranger-${index}`);
  await ask();
  const before = series((await ask()).text);
  for (let index = 40; index < 80; index += 1) await stranger(`stranger-${index}`);
  const after = await ask();
  assert.deepEqual(series(after.text), before);
  assert(!after.text.includes('stranger'));
});

test('a service over a database counts its own batches', async () => {
  await using edge = await openEdgeUnderTest();
  assert.equal((await edge.sign()).status, 201);
  assert.equal((await edge.attest('scan')).status, 201);
  const samples = samplesOf((await edge.ask('readMetrics', { target: '/metrics' })).text);
  assert.equal(samples.get('waybill_batch_submissions_sum'), 2);
  assert.equal(samples.get('waybill_sequencing_duration_seconds_count{step="publishing"}'), 2);
  assert((samples.get('waybill_sequencing_duration_seconds_sum{step="transaction"}') ?? 0) > 0);
  assert.equal(samples.get('waybill_ready'), 1);
});
