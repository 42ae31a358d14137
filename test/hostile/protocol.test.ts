import assert from 'node:assert/strict';
import { type AddressInfo, connect } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { fail } from '../../src/core/fault.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { bearer, stubService } from '../http/stub-service.ts';

/** Bodies that reached a use case. */
const taken: Uint8Array[] = [];
const take = async (bytes: Uint8Array) => {
  taken.push(bytes);
  return fail('statement/unrecognised-document', 'Taken by the stub.');
};
const service = stubService({
  submitAttestation: (_caller, { body }) => take(body),
  publishContract: () => take(new Uint8Array()),
});
const server = createHttpServer(createHttpApp(service));

before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  taken.length = 0;
});

/** Sends bytes as they are, and gives all that comes back once the connection is closed. */
function sendRaw(...parts: readonly (string | Uint8Array)[]): Promise<string> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
      socket.end();
    });
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', (error) => (received === '' ? reject(error) : resolve(received)));
    socket.on('close', () => resolve(received));
  });
}

const AUTHORIZATION = `Authorization: ${bearer('admin').Authorization}\r\n`;
const POST = `POST /v1/attestations HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${AUTHORIZATION}`;
const GET = (target: string, headers = '', version = '1.1') =>
  `GET ${target} HTTP/${version}\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`;

/** Statuses of the answers in what came back, and the codes of those that are problems. */
function answersIn(received: string): readonly string[] {
  const statuses = [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => status ?? '');
  const codes = [...received.matchAll(/"code":"([^"]+)"/g)].map(([, code]) => code ?? '');
  return [...statuses, ...codes];
}

/** Requests on which two readers could disagree where one ends and the next begins; each gets one refusal, no more. */
const SMUGGLED = `GET /v1/whoami HTTP/1.1\r\nHost: a\r\n${AUTHORIZATION}\r\n`;
const SHAPES: readonly (readonly [what: string, bytes: string, code: string])[] = [
  [
    'chunks and a length',
    `${POST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    'http/malformed-request',
  ],
  [
    'a length and chunks',
    `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    'http/malformed-request',
  ],
  [
    'two lengths that differ',
    `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde${SMUGGLED}`,
    'http/malformed-request',
  ],
  ['two lengths that agree', `${POST}Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde`, 'http/malformed-request'],
  ['lengths in a list', `${POST}Content-Length: 5, 5\r\n\r\nabcde`, 'http/malformed-request'],
  ['a length with a sign', `${POST}Content-Length: +5\r\n\r\nabcde`, 'http/malformed-request'],
  ['a length in hex', `${POST}Content-Length: 0x5\r\n\r\nabcde`, 'http/malformed-request'],
  ['a length beyond 64 bits', `${POST}Content-Length: 99999999999999999999\r\n\r\nabcde`, 'http/malformed-request'],
  ['a space before the colon', `${POST}Content-Length : 5\r\n\r\nabcde`, 'http/malformed-request'],
  ['a header folded over two lines', `${POST}X-A: b\r\n c\r\nContent-Length: 1\r\n\r\na`, 'http/malformed-request'],
  ['a header without a name', `${POST}: a\r\n\r\n`, 'http/malformed-request'],
  ['line ends without CR', 'GET /healthz HTTP/1.1\nHost: a\n\n', 'http/malformed-request'],
  ['a CR inside a header', `${POST}X-A: a\rb\r\n\r\n`, 'http/malformed-request'],
  ['another encoding of the transfer', `${POST}Transfer-Encoding: gzip\r\n\r\nabc`, 'http/malformed-request'],
  [
    'chunks that are not last',
    `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    'http/malformed-request',
  ],
  [
    'a chunk size that is no number',
    `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
    'http/malformed-request',
  ],
  [
    'a chunk size beyond 64 bits',
    `${POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na\r\n0\r\n\r\n`,
    'http/malformed-request',
  ],
  ['a chunk that goes on', `${POST}Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n`, 'http/malformed-request'],
  [
    'chunk extensions without end',
    `${POST}Transfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(20_000)}\r\na\r\n0\r\n\r\n`,
    'http/malformed-request',
  ],
  ['a method that is none', 'NONSENSE /healthz HTTP/1.1\r\nHost: a\r\n\r\n', 'http/malformed-request'],
  ['a method in lower case', 'get /healthz HTTP/1.1\r\nHost: a\r\n\r\n', 'http/malformed-request'],
  ['HTTP/0.9', 'GET /healthz\r\n\r\n', 'http/malformed-request'],
  ['HTTP/2 without agreement', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http/malformed-request'],
  ['HTTP/3', 'GET /healthz HTTP/3.0\r\nHost: a\r\n\r\n', 'http/malformed-request'],
  ['TLS on a plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'http/malformed-request'],
  ['a space in the target', 'GET /health z HTTP/1.1\r\nHost: a\r\n\r\n', 'http/malformed-request'],
];

for (const [what, bytes, code] of SHAPES) {
  test(`${what}: one refusal, and what follows is no request of its own (${code})`, async () => {
    assert.deepEqual(answersIn(await sendRaw(bytes)), ['400', code]);
    assert.deepEqual(taken, []);
  });
}

const REFUSED: readonly (readonly [what: string, bytes: string, status: number, code: string])[] = [
  ['no host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400, ''],
  ['two hosts', GET('/healthz', 'Host: b\r\n'), 400, 'http/duplicate-header'],
  [
    'two types of content',
    `${POST}Content-Type: a/b\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\na`,
    400,
    'http/duplicate-header',
  ],
  [
    '65 headers',
    GET('/healthz', Array.from({ length: 63 }, (_, i) => `X-${i}: a\r\n`).join('')),
    431,
    'http/headers-too-large',
  ],
  [
    'a token behind 5,000 headers',
    GET('/v1/whoami', `${'a:\r\n'.repeat(3_000)}${AUTHORIZATION}`),
    431,
    'http/headers-too-large',
  ],
  [
    'another expectation',
    `${POST}Expect: a-miracle\r\nContent-Length: 1\r\n\r\na`,
    417,
    'http/expectation-not-supported',
  ],
  ['TRACE', `TRACE /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 405, 'http/method-not-allowed'],
  ['DELETE', `DELETE /v1/signers HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 405, 'http/method-not-allowed'],
  [
    'PROPFIND',
    `PROPFIND /v1/entries/0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    405,
    'http/method-not-allowed',
  ],
  ['a path that climbs', GET('/docs/../../../etc/passwd'), 404, 'http/not-found'],
  ['a path that climbs in encoded form', GET('/docs/%2e%2e/%2e%2e/etc/passwd'), 404, 'http/not-found'],
  ['a path that climbs by backslashes', GET('/docs/..\\..\\etc\\passwd'), 400, 'http/malformed-parameter'],
  ['a path with two slashes', GET('//healthz'), 404, 'http/not-found'],
  ['a path encoded twice', GET('/docs/%252e%252e%252fapp.ts'), 400, 'http/malformed-parameter'],
  ['a path in upper case', GET('/HEALTHZ'), 404, 'http/not-found'],
  ['a path with a slash at its end', GET('/healthz/'), 404, 'http/not-found'],
  ['a path with a parameter of its own', GET('/healthz;a=b'), 404, 'http/not-found'],
  ['9,000 parameters', GET(`/v1/images?${'a&'.repeat(4_000)}`, AUTHORIZATION), 400, 'http/unknown-parameter'],
];

for (const [what, bytes, status, code] of REFUSED) {
  test(`${what} is answered ${status} (${code})`, async () => {
    assert.deepEqual(answersIn(await sendRaw(bytes)), [String(status), ...(code === '' ? [] : [code])]);
    assert.deepEqual(taken, []);
  });
}

const HARMLESS: readonly (readonly [what: string, bytes: string])[] = [
  ['HTTP/1.0', 'GET /healthz HTTP/1.0\r\n\r\n'],
  ['an absolute target', GET('http://elsewhere.example/healthz')],
  ['a range', GET('/healthz', 'Range: bytes=0-0\r\n')],
  ['ten thousand ranges', GET('/healthz', `Range: bytes=${'0-,'.repeat(2_000)}0-\r\n`)],
  ['an upgrade', GET('/healthz', 'Upgrade: websocket\r\n').replace('close', 'upgrade, close')],
  [
    'an upgrade to HTTP/2',
    GET('/healthz', 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n').replace('close', 'upgrade, close'),
  ],
  ['a method to override', GET('/healthz', 'X-HTTP-Method-Override: DELETE\r\n')],
  [
    'headers of proxies that are not trusted',
    GET('/healthz', 'X-Forwarded-For: 127.0.0.1\r\nX-Original-URL: /v1/tokens\r\nForwarded: for=1\r\n'),
  ],
];

for (const [what, bytes] of HARMLESS) {
  test(`${what} changes nothing: the whole answer, once`, async () => {
    const received = await sendRaw(bytes);
    assert.deepEqual(answersIn(received), ['200']);
    assert(received.endsWith('{"alive":true}'), received);
  });
}

test('CONNECT opens no way to anywhere', async () => {
  const received = await sendRaw('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\nSSH-2.0-x\r\n').catch(() => '');
  assert(!/^HTTP\/1\.1 2/.test(received), received);
});

test('HEAD gives the headers of GET and no body', async () => {
  const received = await sendRaw(GET('/healthz').replace('GET', 'HEAD'));
  assert.match(received, /^HTTP\/1\.1 200 .*Content-Length: 14/s);
  assert(received.endsWith('\r\n\r\n'), received);
});

test('chunks with extensions and trailers are a body like any other, and trailers are no headers', async () => {
  const received = await sendRaw(
    `${POST}Transfer-Encoding: chunked\r\n\r\n3;a="b"\r\nabc\r\n0\r\nContent-Encoding: gzip\r\n\r\n`,
  );
  assert.deepEqual(answersIn(received), ['422', 'statement/unrecognised-document']);
  assert.deepEqual(
    taken.map((bytes) => Buffer.from(bytes).toString()),
    ['abc'],
  );
});

test('compressed bodies are refused unread, however small a bomb is packed (http/content-encoding-not-supported)', async () => {
  const zeros = new Uint8Array(64 * 1024 * 1024);
  const packed = {
    gzip: gzipSync(zeros),
    br: brotliCompressSync(zeros),
    deflate: deflateSync(zeros),
    zstd: zstdCompressSync(zeros),
  };
  const resident = process.memoryUsage.rss();
  for (const [encoding, body] of Object.entries({
    ...packed,
    'gzip, gzip': gzipSync(packed.gzip),
    GZIP: packed.gzip,
    compress: packed.gzip,
  })) {
    const head = `${POST}Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`;
    assert.deepEqual(answersIn(await sendRaw(head, body)), ['415', 'http/content-encoding-not-supported'], encoding);
  }
  assert.deepEqual(taken, []);
  assert(process.memoryUsage.rss() - resident < 256 * 1024 * 1024);
  const plain = await sendRaw(`${POST}Content-Encoding: identity\r\nContent-Length: 1\r\n\r\na`);
  assert.deepEqual(answersIn(plain), ['422', 'statement/unrecognised-document']);
});
