import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { createTurns } from '../../src/postgres/read-turns.ts';
import { openService } from '../../src/service/open-service.ts';
import { ServiceError } from '../../src/service/ports.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

test('two run at once, others in the order in which they came, and a failure gives its turn on (service/overloaded)', async () => {
  const inTurn = createTurns(2, 3);
  const begun: number[] = [];
  const ends: PromiseWithResolvers<number>[] = [];
  const ask = (number: number) =>
    inTurn(() => {
      begun.push(number);
      const end = Promise.withResolvers<number>();
      ends.push(end);
      return end.promise;
    });
  const asked = [0, 1, 2, 3, 4].map(ask);
  await sleep(0);
  assert.deepEqual(begun, [0, 1]);
  await assert.rejects(ask(5), (error) => error instanceof ServiceError && error.fault.code === 'service/overloaded');
  ends[1]?.reject(new Error('lost'));
  await assert.rejects(asked[1] ?? Promise.resolve(), /lost/);
  assert.deepEqual(begun, [0, 1, 2]);
  for (const number of [0, 2, 3, 4]) {
    ends[begun.indexOf(number)]?.resolve(number);
    assert.equal(await asked[number], number);
  }
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
});

test('lists of images that take long leave connections to those who write', async () => {
  await using service = await openServiceUnderTest();
  const api = openService(service.context);
  const blocker = new pg.Client({ connectionString: service.database.adminUrl });
  await blocker.connect();
  try {
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE signed_image IN ACCESS EXCLUSIVE MODE');
    const lists = Promise.allSettled(Array.from({ length: 20 }, () => api.listImages(service.admin, {}, { limit: 1 })));
    await sleep(50);
    const body = {
      subject: `sha256:${'ab'.repeat(32)}`,
      repository: 'shop/api',
      stage: 'scan',
      predicateType: 'https://example.com/scan/v1',
      predicate: {},
    };
    const attested = api.submitAttestation(service.admin, { body: encodeUtf8(JSON.stringify(body)) });
    const first = await Promise.race([attested.then(({ ok }) => ok), lists.then(() => 'the lists')]);
    assert.equal(first, true);
    await blocker.query('ROLLBACK');
    await lists;
  } finally {
    await blocker.end();
  }
});
