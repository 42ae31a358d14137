import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { Problem } from '../../src/api/problem.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { BAD_HEADERS, BAD_PARAMETERS, BAD_TARGETS, type BadRequest } from './bad-addresses.ts';
import { BAD_BODIES } from './bad-bodies.ts';
import { bearer, stubService } from './stub-service.ts';

/** Every use case of this service throws: bad input must never reach one. */
const service = new Proxy(stubService(), {
  get: (target, name) => {
    const kept = [
      'authenticate',
      'queue',
      'watchBatches',
      'watchNotices',
      'origin',
      'readiness',
      'trustFile',
      'readTile',
      'readCheckpoint',
    ];
    if (kept.includes(String(name))) return Reflect.get(target, name);
    return () => {
      throw new Error(`${String(name)} was reached`);
    };
  },
});
const server = createHttpServer(createHttpApp(service));

before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
after(() => server.close());

type Received = { readonly status: number; readonly headers: Record<string, unknown>; readonly text: string };

function send(bad: BadRequest): Promise<Received> {
  const { port } = server.address() as AddressInfo;
  const length = bad.body === undefined ? 0 : Buffer.byteLength(bad.body);
  const headers = {
    ...bearer('admin'),
    ...(bad.body === undefined ? {} : { 'Content-Length': length }),
    ...bad.headers,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', method: bad.method ?? 'GET', path: bad.target, headers });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.end(bad.body);
  });
}

for (const bad of [...BAD_TARGETS, ...BAD_PARAMETERS, ...BAD_BODIES, ...BAD_HEADERS]) {
  const expected = bad.status ?? 400;
  test(`refuses ${bad.what} with ${expected} (${bad.code})`, async () => {
    const { status, headers, text } = await send(bad);
    assert.equal(status, expected, text);
    const problem = JSON.parse(text) as Partial<Problem>;
    assert.equal(problem.code, bad.code);
    assert.equal(problem.status, status);
    assert.equal(headers['content-type'], 'application/problem+json');
    assert.equal(problem.requestId, headers['x-request-id']);
    assert.match(problem.remedy ?? '', /^\S.*\.$/);
    assert.equal(headers['cache-control'], 'no-store');
    if (bad.at !== undefined) assert.equal(problem.at, bad.at);
  });
}

/** Bytes of a request as they are, for what no HTTP client would send; resolves to all that comes back. */
function sendRaw(text: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text, 'latin1'));
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

const RAW: readonly (readonly [what: string, bytes: string, code: string, status?: number])[] = [
  ['what is not HTTP', 'hello\r\n\r\n', 'http/malformed-request'],
  [
    'two lengths',
    'POST /v1/attestations HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    'http/malformed-request',
  ],
  [
    'a length and chunks',
    'POST /v1/attestations HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'http/malformed-request',
  ],
  ['a header with a NUL byte', 'GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n', 'http/malformed-request'],
  [
    'headers beyond 16 KiB',
    `GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    'http/headers-too-large',
    431,
  ],
  [
    'two tokens',
    'GET /v1/whoami HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer wbt_admin\r\nAuthorization: Bearer b\r\n\r\n',
    'http/duplicate-header',
  ],
];

for (const [what, bytes, code, status = 400] of RAW) {
  test(`refuses ${what} with ${status} (${code})`, async () => {
    const received = await sendRaw(bytes);
    assert(received.startsWith(`HTTP/1.1 ${status} `), received);
    assert(received.includes(`"code":"${code}"`), received);
  });
}

test('an absolute target, as proxies send it, is read by its path', async () => {
  const received = await sendRaw('GET http://a/healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.match(received, /^HTTP\/1\.1 200 /);
});
