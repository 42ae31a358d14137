/** Run by internal-answers.test.ts as a test file of its own: it passes, and its server answers with 500. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import supertest from 'supertest';
import { createHttpApp } from '../../src/http/app.ts';
import { PLANTED } from '../harness/internal-answers.ts';
import { bearer, stubService } from '../http/stub-service.ts';

test('a use case throws', async () => {
  const readImage = () => {
    throw new Error('planted');
  };
  const client = supertest(createHttpApp(stubService({ readImage })));
  const ask = () => client.get(`/v1/images/sha256:${'ab'.repeat(32)}`).set(bearer('admin'));
  const headers = process.env.WAYBILL_TEST_ASKS_FOR_500 === 'true' ? PLANTED : {};
  assert.equal((await ask().set(headers)).status, 500);
});
