import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ClientError } from '../../src/client/client-error.ts';
import { openTransport, type TransportOptions } from '../../src/client/transport.ts';

const TOKEN = 'wbt_secret';

async function withServer(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
  use: (send: ReturnType<typeof openTransport>, count: () => number, url: string) => Promise<void>,
  options: Partial<TransportOptions> = {},
): Promise<void> {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => answer(request, response, ++count));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const patience = { backoffMs: 1, timeoutMs: 2000 };
  try {
    await use(openTransport({ url, token: TOKEN, userAgent: 'test', patience, ...options }), () => count, url);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function code(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    assert.ok(error instanceof ClientError);
    assert.doesNotMatch(JSON.stringify(error.problem) + String(error.cause), /secret/);
    return error.problem.code;
  }
  return 'none';
}

function problem(response: ServerResponse, status: number, fault: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(
    JSON.stringify({ type: 'x', title: 't', status, code: fault, detail: 'd', remedy: 'do', requestId: 'r1' }),
  );
}

test('sends the token, the query and the exact body', async () => {
  const chunks: Buffer[] = [];
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => response.end(JSON.stringify({ url: request.url, ...request.headers })));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/below/`;
  try {
    const send = openTransport({ url, token: TOKEN, userAgent: 'test' });
    const body = Uint8Array.of(0, 255, 10);
    const query = { repository: 'shop/api', annotation: ['a=1', 'b=2'], cursor: undefined };
    const answer = await send({ method: 'POST', path: '/v1/x', query, body, contentType: 'text/x' });
    const seen = JSON.parse(Buffer.from(answer.body).toString()) as {
      url: string;
      authorization: string;
      'content-type': string;
    };
    assert.equal(seen.url, '/below/v1/x?repository=shop%2Fapi&annotation=a%3D1&annotation=b%3D2');
    assert.equal(seen.authorization, `Bearer ${TOKEN}`);
    assert.equal(seen['content-type'], 'text/x');
    assert.deepEqual(Buffer.concat(chunks), Buffer.from(body));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('asks again while the service says "not now", and then gives its answer', async () => {
  await withServer(
    (_, response, count) => (count < 3 ? problem(response, 503, 'service/overloaded') : response.end('{}')),
    async (send, count) => {
      assert.equal((await send({ method: 'POST', path: '/' })).status, 200);
      assert.equal(count(), 3);
    },
  );
});

test('gives up after four attempts with the service’s own code (service/overloaded)', async () => {
  await withServer(
    (_, response) => problem(response, 503, 'service/overloaded'),
    async (send, count) => {
      assert.equal(await code(send({ method: 'GET', path: '/' })), 'service/overloaded');
      assert.equal(count(), 4);
    },
  );
});

test('sends what would do its work twice only once (client/unreachable)', async () => {
  await withServer(
    (request) => request.socket.destroy(),
    async (send, count) => {
      assert.equal(await code(send({ method: 'POST', path: '/', once: true })), 'client/unreachable');
      assert.equal(count(), 1);
      assert.equal(await code(send({ method: 'POST', path: '/' })), 'client/unreachable');
      assert.equal(count(), 5);
    },
  );
});

test('does not ask again what was refused, and keeps code, remedy and request id (auth/token-unknown)', async () => {
  await withServer(
    (_, response) => problem(response, 401, 'auth/token-unknown'),
    async (send, count) => {
      const error = await send({ method: 'GET', path: '/' }).then(
        () => undefined,
        (reason: unknown) => reason as ClientError,
      );
      const said = { message: 'd', remedy: 'do', status: 401, requestId: 'r1' };
      assert.deepEqual(error?.problem, { code: 'auth/token-unknown', ...said });
      assert.equal(error?.refused, true);
      assert.equal(count(), 1);
    },
  );
});

test('follows no redirect, so that the token stays where it was meant to go (client/malformed-answer)', async () => {
  let elsewhere = 0;
  await withServer(
    (_, response) => {
      elsewhere++;
      response.end('{}');
    },
    async (_send, _count, target) => {
      await withServer(
        (_, response) => {
          response.writeHead(307, { location: `${target}/x` });
          response.end();
        },
        async (send, count) => {
          assert.equal(await code(send({ method: 'GET', path: '/' })), 'client/malformed-answer');
          assert.equal(count(), 1, 'asked again, it would answer the same');
        },
      );
    },
  );
  assert.equal(elsewhere, 0);
});

test('stops waiting for an answer that does not come (client/timeout)', async () => {
  await withServer(
    () => undefined,
    async (send) => assert.equal(await code(send({ method: 'GET', path: '/' })), 'client/timeout'),
    { patience: { attempts: 2, timeoutMs: 60, backoffMs: 1 } },
  );
});

test('reads no answer longer than the API sends (client/answer-too-large)', async () => {
  await withServer(
    (_, response) => response.end('x'.repeat(5000)),
    async (send, count) => {
      assert.equal(await code(send({ method: 'GET', path: '/', answerBytesMax: 4000 })), 'client/answer-too-large');
      assert.equal(count(), 1);
    },
  );
});

test('takes a page of something in front of the service for no answer of it (client/malformed-answer)', async () => {
  await withServer(
    (_, response) => {
      response.writeHead(404, { 'content-type': 'text/html' });
      response.end('<h1>Not found</h1>');
    },
    async (send) => assert.equal(await code(send({ method: 'GET', path: '/' })), 'client/malformed-answer'),
  );
});
