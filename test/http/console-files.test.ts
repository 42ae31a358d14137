import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import supertest from 'supertest';
import { createHttpApp } from '../../src/http/app.ts';
import { openConsoleFiles } from '../../src/http/console-files.ts';
import { stubService } from './stub-service.ts';

const SCRIPT = `// ${'x'.repeat(5_000)}\n`;
const DOCUMENT = '<!doctype html><title>Console</title>';

function builtConsole() {
  const folder = mkdtempSync(path.join(tmpdir(), 'waybill-console-'));
  const list = { pages: ['/console/', '/console/images/:digest', '/console/repositories/:name+'], assets: ['a-1.js'] };
  writeFileSync(path.join(folder, 'console.json'), JSON.stringify(list));
  for (const [name, text] of [
    ['a-1.js', SCRIPT],
    ['index.html', DOCUMENT],
  ] as const) {
    writeFileSync(path.join(folder, name), text);
    writeFileSync(path.join(folder, `${name}.gz`), gzipSync(text));
    writeFileSync(path.join(folder, `${name}.br`), brotliCompressSync(text));
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

const clientOf = (folder: string) => supertest(createHttpApp(stubService(), { console: openConsoleFiles(folder) }));

/** Asks for bodies as they are sent: clients of a higher level undo what compressed them. */
async function openRaw(folder: string) {
  const server = createServer(createHttpApp(stubService(), { console: openConsoleFiles(folder) }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ask: async (path: string, encoding: string, tag?: string) => {
      const headers = { 'accept-encoding': encoding, ...(tag === undefined ? {} : { 'if-none-match': tag }) };
      const [response] = await once(get({ port, host: '127.0.0.1', path, headers }), 'response');
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      const body = Buffer.concat(parts);
      return { status: response.statusCode as number, headers: response.headers as IncomingHttpHeaders, body };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('every page is the same document, under a policy that names its own origin and nothing else', async () => {
  using built = builtConsole();
  const client = clientOf(built.folder);
  for (const target of ['/console/', '/console/images/sha256:ab?repository=x', '/console/repositories/shop/api/']) {
    const shown = await client.get(target);
    assert.equal(shown.status, 200, target);
    assert.equal(shown.text, DOCUMENT);
    const policy = String(shown.headers['content-security-policy']);
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /);
    assert.match(policy, /frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types waybill-worker$/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*|data:|blob:/);
    assert.equal(shown.headers['cache-control'], 'no-cache');
    assert.equal(shown.headers['x-content-type-options'], 'nosniff');
    assert.equal(shown.headers['referrer-policy'], 'no-referrer');
  }
});

test('an address that is no page gets the document with 404, and a file that is none a problem (service/not-found)', async () => {
  using built = builtConsole();
  const client = clientOf(built.folder);
  for (const target of ['/console/nowhere', '/console/images', '/console/images/a/b', '/console/repositories/']) {
    const shown = await client.get(target);
    assert.deepEqual([shown.status, shown.text], [404, DOCUMENT], target);
  }
  for (const name of ['b-1.js', 'console.json', 'a-1.js.br', '..%2fconsole.json', '.hidden']) {
    const missing = await client.get(`/console/assets/${name}`);
    assert([400, 404].includes(missing.status), `${name}: ${missing.status}`);
    assert.match(missing.body.code, /^(?:service\/not-found|http\/malformed-parameter)$/);
  }
  for (const target of ['/', '/console']) {
    const led = await client.get(target);
    assert.deepEqual([led.status, led.headers.location], [303, '/console/'], target);
  }
});

test('files are kept for good and sent as small as the client takes them; the document is asked about each time', async () => {
  using built = builtConsole();
  await using raw = await openRaw(built.folder);
  const undo = { br: brotliDecompressSync, gzip: gunzipSync, identity: (bytes: Buffer) => bytes };
  const tags = new Set<string>();
  for (const [accepted, coding] of [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', 'identity'],
    ['br;q=0, gzip;q=0', 'identity'],
  ] as const) {
    const sent = await raw.ask('/console/assets/a-1.js', accepted);
    assert.equal(sent.headers['content-encoding'] ?? 'identity', coding, accepted);
    assert.equal(undo[coding](sent.body).toString(), SCRIPT);
    assert.equal(sent.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(sent.headers.vary, 'Accept-Encoding');
    assert.match(String(sent.headers['content-type']), /^text\/javascript/);
    tags.add(String(sent.headers.etag));
  }
  assert.equal(tags.size, 3, 'each form has its own tag');
  const first = await raw.ask('/console/', 'br');
  const again = await raw.ask('/console/', 'br', String(first.headers.etag));
  assert.deepEqual([again.status, again.body.length], [304, 0]);
});

test('a service without a console says so (service/not-found)', async () => {
  const client = supertest(createHttpApp(stubService()));
  for (const target of ['/console/', '/console/images/x', '/console/assets/a-1.js'])
    assert.equal((await client.get(target)).body.code, 'service/not-found');
});
