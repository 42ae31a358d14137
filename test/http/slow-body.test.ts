import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../src/core/fault.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { stubService, tokenOf } from './stub-service.ts';

test('a token that is revoked while a body is on its way lets nothing in (auth/token-revoked)', async () => {
  const stub = stubService();
  let revoked = false;
  let written = 0;
  const server = createHttpServer(
    createHttpApp({
      ...stub,
      authenticate: async (token) =>
        revoked ? fail('auth/token-revoked', 'The token was revoked.') : stub.authenticate(token),
      submitAttestation: (caller, submitted) => {
        written += 1;
        return stub.submitAttestation(caller, submitted);
      },
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const headers = { authorization: `Bearer ${tokenOf('pipeline')}`, 'content-type': 'application/json' };
    const sending = request({ port, host: '127.0.0.1', method: 'POST', path: '/v1/attestations', headers });
    sending.write('{');
    await sleep(500);
    revoked = true;
    await sleep(700);
    sending.end('}');
    const [response] = await once(sending, 'response');
    assert.equal(response.statusCode, 401);
    assert.equal(written, 0);
    response.resume();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
