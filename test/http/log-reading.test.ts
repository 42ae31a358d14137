import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import supertest from 'supertest';
import { fail, ok } from '../../src/core/fault.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { acceptsCoding } from '../../src/http/representation.ts';
import { bearer, stubService } from './stub-service.ts';

const BUNDLE = new Uint8Array(20_000).fill(0x61);
const stub = stubService({ readEntryBundle: async () => ok(BUNDLE) });
const closed = supertest(createHttpApp(stub));
const open = supertest(createHttpApp(stub, { publicLog: true }));
const BUNDLE_PATH = '/log/tile/entries/000';

test('an entry bundle goes out as gzip to those who accept that, the same bytes each time, and as it is to others', async () => {
  // A client that undoes nothing by itself.
  const server = createServer(createHttpApp(stub, { publicLog: true })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const get = async (acceptEncoding: string | undefined, method = 'GET') => {
    const headers = acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding };
    const sent = request({ port, host: '127.0.0.1', path: BUNDLE_PATH, headers, method }).end();
    const [response] = await once(sent, 'response');
    const parts: Buffer[] = [];
    for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
    return { headers: response.headers, status: response.statusCode, body: Buffer.concat(parts) };
  };
  try {
    const plain = await get(undefined);
    const zipped = await get('br, gzip;q=0.5');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.deepEqual(new Uint8Array(plain.body), BUNDLE);
    assert.equal(zipped.headers['content-encoding'], 'gzip');
    assert.equal(Number(zipped.headers['content-length']), zipped.body.length);
    assert(zipped.body.length < BUNDLE.length / 10);
    assert.deepEqual(new Uint8Array(gunzipSync(zipped.body)), BUNDLE);
    assert.deepEqual((await get('gzip')).body, zipped.body);
    assert.notEqual(plain.headers.etag, zipped.headers.etag);
    for (const { headers } of [plain, zipped]) assert.equal(headers.vary, 'Accept-Encoding');
    assert.equal((await get('gzip;q=0')).headers['content-encoding'], undefined);
    const head = await get('gzip', 'HEAD');
    assert.deepEqual([head.status, head.body.length, head.headers.etag], [200, 0, zipped.headers.etag]);
    assert.equal(head.headers['content-length'], zipped.headers['content-length']);
  } finally {
    server.close();
  }
});

test('gzip is accepted where it is named or covered by a star, with a weight over 0', () => {
  for (const header of ['gzip', 'GZIP', 'br, gzip', '*', 'identity;q=0.5, *;q=0.1', 'x-gzip', 'gzip ; q=0.001'])
    assert.equal(acceptsCoding(header, 'gzip'), true, header);
  for (const header of [undefined, '', 'br', 'identity', 'gzip;q=0', 'gzip;q=0.0, *', '*;q=0', 'gzipped'])
    assert.equal(acceptsCoding(header, 'gzip'), false, header);
});

test('who names the entity tag gets 304 without a body, and the headers that a cache needs', async () => {
  for (const target of ['/log/checkpoint', '/log/tile/0/000', BUNDLE_PATH]) {
    const first = await open.get(target).set('Accept-Encoding', 'gzip');
    const { etag = '', 'cache-control': caching } = first.headers;
    assert.match(etag, /^"[\w-]{27}"$/, target);
    for (const named of [etag, `"other", W/${etag}`, '*']) {
      for (const method of ['get', 'head'] as const) {
        const again = await open[method](target).set({ 'accept-encoding': 'gzip', 'if-none-match': named });
        assert.equal(again.status, 304, `${target} ${named}`);
        assert.equal(again.text ?? '', '');
        assert.equal(again.headers.etag, etag);
        assert.equal(again.headers['cache-control'], caching);
        assert.equal(again.headers['content-type'], undefined);
      }
    }
    assert.equal((await open.get(target).set('If-None-Match', '"other"')).status, 200);
  }
});

test('tiles are for every cache, bundles only where nobody is asked for a token, and a checkpoint is asked for anew', async () => {
  const caching = async (client: typeof open, target: string) =>
    (await client.get(target).set(bearer('auditor'))).headers['cache-control'];
  const year = 'max-age=31536000, immutable';
  assert.equal(await caching(closed, '/log/tile/0/000'), `public, ${year}`);
  assert.equal(await caching(closed, BUNDLE_PATH), `private, ${year}`);
  assert.equal(await caching(open, BUNDLE_PATH), `public, ${year}`);
  for (const client of [closed, open]) assert.equal(await caching(client, '/log/checkpoint'), 'no-cache');
});

test('what is not there yet is kept by nobody (service/not-found)', async () => {
  const nothing = async () => fail('service/not-found', 'not yet');
  const client = supertest(createHttpApp(stubService({ readTile: nothing, readEntryBundle: nothing })));
  for (const target of ['/log/tile/0/001', '/log/tile/entries/001']) {
    const { status, body, headers } = await client.get(target).set(bearer('auditor'));
    assert.deepEqual([status, body.code, headers['cache-control']], [404, 'service/not-found', 'no-store']);
    assert.equal(headers.etag, undefined);
  }
});

test('pages of any origin read what answers everybody, refusals included, and nothing that needs a token', async () => {
  for (const target of ['/log/checkpoint', '/log/tile/0/000', '/.well-known/waybill/trust.json', '/log/tile/0/0?x=1'])
    assert.equal((await closed.get(target)).headers['access-control-allow-origin'], '*', target);
  for (const target of [BUNDLE_PATH, '/log/checkpoints', '/log/checkpoints/7', '/v1/proofs/period?from=1&to=2']) {
    const [asked, preflight] = [await closed.get(target).set(bearer('auditor')), await closed.options(target)];
    assert.equal(asked.headers['access-control-allow-origin'], undefined, target);
    assert.equal(preflight.headers['access-control-allow-origin'], undefined, target);
  }
  const preflight = await open.options(BUNDLE_PATH);
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers['access-control-allow-origin'], '*');
  assert.equal(preflight.headers['access-control-allow-methods'], 'GET, HEAD');
  assert(!/authorization/i.test(preflight.headers['access-control-allow-headers'] ?? ''));
  assert.equal((await open.get(BUNDLE_PATH)).headers['access-control-allow-origin'], '*');
});
