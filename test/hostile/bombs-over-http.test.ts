import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Route } from '../../src/api/route.ts';
import { type Operation, ROUTES } from '../../src/api/routes.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import type { Service } from '../../src/service/service.ts';
import { SAMPLE_REQUESTS } from '../http/sample-requests.ts';
import { bearer, stubService } from '../http/stub-service.ts';

/** Use cases that were reached, other than those that say who calls. */
const reached: string[] = [];
const EDGE = [
  'authenticate',
  'authenticateSession',
  'watchNotices',
  'watchBatches',
  'noticeCounts',
  'origin',
  'logVkey',
];
const service = new Proxy(stubService(), {
  get: (target, name: keyof Service & string) => {
    const member: unknown = target[name];
    if (typeof member !== 'function' || EDGE.includes(name)) return member;
    return (...given: readonly unknown[]) => {
      reached.push(name);
      return (member as (...all: readonly unknown[]) => unknown)(...given);
    };
  },
});
const server = createHttpServer(createHttpApp(service));
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function post(target: string, body: string | Buffer, headers: Readonly<Record<string, string>>) {
  const { port } = server.address() as AddressInfo;
  const asked = httpRequest({
    port,
    host: '127.0.0.1',
    method: 'POST',
    agent: false,
    path: target,
    headers: { ...bearer('admin'), ...headers },
  });
  if (headers.Expect === undefined) asked.end(body);
  else asked.flushHeaders();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  asked.on('error', () => undefined).destroy();
  const { code } = JSON.parse(Buffer.concat(parts).toString()) as { readonly code?: string };
  return [answer.statusCode, code];
}

const WRITES = (Object.keys(ROUTES) as Operation[]).flatMap((operation) => {
  const route: Route = ROUTES[operation];
  const { target } = SAMPLE_REQUESTS[operation];
  return route.method === 'post' && route.body !== undefined ? [{ operation, target, body: route.body }] : [];
});
const JSON_WRITES = WRITES.filter(({ body }) => body.form === 'json');

/** What unpacks, nests or counts to far more than it is; none is larger than any body of JSON may be. */
const JSON_BOMBS: readonly (readonly [what: string, body: string, code: string])[] = [
  ['arrays without end', '['.repeat(100_000), 'encoding/too-deep'],
  ['objects without end', '{"a":'.repeat(40_000), 'encoding/too-deep'],
  ['a level more than any request has', `${'['.repeat(17)}${']'.repeat(17)}`, 'encoding/too-deep'],
  ['members by the ten thousand', `[${'0,'.repeat(10_000)}0]`, 'encoding/too-many-members'],
  ['a name by the thousand', `{${'"a":0,'.repeat(5_000)}"a":0}`, 'encoding/duplicate-member'],
  ['a number of a hundred thousand digits', '9'.repeat(100_000), 'encoding/number-out-of-range'],
];

/** Eight megabytes in a few kilobytes. */
const PACKED = [
  ['gzip', gzipSync(Buffer.alloc(8 * 1024 * 1024, 0x20))],
  ['br', brotliCompressSync(Buffer.alloc(1024 * 1024, 0x20), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
] as const;

test('the routes that take a body are many, the last ones among them', () => {
  const names = WRITES.map(({ operation }) => operation);
  for (const wanted of [
    'requestWaiver',
    'approveWaiver',
    'releaseImage',
    'createWebhook',
    'rotateWebhook',
    'proposeChange',
    'verifyImage',
  ])
    assert(names.includes(wanted as Operation), wanted);
  assert(JSON_WRITES.length > 20, String(JSON_WRITES.length));
});

for (const { operation, target, body } of WRITES) {
  test(`${operation} unpacks nothing, and takes no more than it may (http/content-encoding-not-supported, http/body-too-large)`, async () => {
    const type = SAMPLE_REQUESTS[operation].contentType ?? 'application/json';
    for (const [coding, packed] of PACKED) {
      const answer = await post(target, packed, { 'Content-Type': type, 'Content-Encoding': coding });
      assert.deepEqual(answer, [415, 'http/content-encoding-not-supported']);
    }
    const headers = { 'Content-Type': type, 'Content-Length': String(3 * body.bytesMax), Expect: '100-continue' };
    assert.deepEqual(await post(target, '', headers), [413, 'http/body-too-large']);
    assert.deepEqual(reached, []);
  });
}

for (const { operation, target } of JSON_WRITES) {
  test(`${operation} refuses bombs of JSON before anything is done`, async () => {
    for (const [what, body, code] of JSON_BOMBS)
      assert.deepEqual(await post(target, body, { 'Content-Type': 'application/json' }), [400, code], what);
    assert.deepEqual(reached, []);
  });
}
