import assert from 'node:assert/strict';
import { test } from 'node:test';
import supertest from 'supertest';
import { createHttpApp } from '../../src/http/app.ts';
import { ServiceError } from '../../src/service/ports.ts';
import { bearer, stubService } from './stub-service.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

const FAULTS = [
  ['verification/out-of-time', 30],
  ['verification/worker-lost', 1],
  ['service/overloaded', 5],
] as const;

for (const [code, retryAfterSeconds] of FAULTS) {
  test(`a verification that is not done now is 503, and says when to ask again (${code})`, async () => {
    const refuse = () => Promise.reject(new ServiceError({ code, message: 'Not now.' }, { retryAfterSeconds }));
    const service = stubService({ verifyCustody: refuse, askGate: refuse, readEvidence: refuse, readReport: refuse });
    const client = supertest(createHttpApp(service));
    const answers = await Promise.all([
      client.get(`/v1/gate/${DIGEST}`).set(bearer('pipeline')),
      client.get(`/v1/images/${DIGEST}/evidence`).set(bearer('auditor')),
      client.get(`/v1/images/${DIGEST}/report`).set(bearer('auditor')),
      client.post('/v1/verifications').set(bearer('pipeline')).send({ subject: DIGEST }),
    ]);
    for (const { status, body, headers } of answers) {
      assert.equal(status, 503);
      assert.equal(body.code, code);
      assert.equal(headers['retry-after'], String(retryAfterSeconds));
    }
  });
}
