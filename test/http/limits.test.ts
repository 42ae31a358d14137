import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import supertest from 'supertest';
import { fail, ok } from '../../src/core/fault.ts';
import { createAdmission } from '../../src/http/admission.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { type ConnectionLimits, createHttpServer, type ServerTimeouts } from '../../src/http/http-server.ts';
import { processorMs } from '../harness/processor-time.ts';
import { DIGEST } from './sample-requests.ts';
import { bearer, stubService } from './stub-service.ts';

async function serve(app: RequestListener, timeouts: ServerTimeouts = {}, connections: ConnectionLimits = {}) {
  const server: Server = createHttpServer(app, timeouts, connections).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function listenTo(socket: Socket): { text: () => string; closed: Promise<unknown> } {
  let received = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  return { text: () => received, closed: new Promise((resolve) => socket.on('close', resolve)) };
}

const once5 = { points: 1, durationSeconds: 60 };

test('reads, writes and judgements of a principal are counted apart (http/too-many-requests)', async () => {
  const limits = { reads: once5, writes: once5, judgements: once5 };
  const client = supertest(createHttpApp(stubService(), { limits }));
  const ask = {
    read: () => client.get('/v1/whoami').set(bearer('admin')),
    write: () => client.post('/v1/tokens/a/revoke').set(bearer('admin')),
    judgement: () => client.get(`/v1/images/${DIGEST}/evidence`).set(bearer('admin')),
  };
  for (const send of Object.values(ask)) assert.notEqual((await send()).status, 429);
  for (const send of Object.values(ask)) {
    const refused = await send();
    assert.deepEqual([refused.status, refused.body.code], [429, 'http/too-many-requests']);
    const seconds = Number(refused.headers['retry-after']);
    assert(seconds >= 1 && seconds <= 60, String(seconds));
  }
  // Somebody else is not kept out, and neither is who watches the service.
  assert.equal((await client.get('/v1/whoami').set(bearer('auditor'))).status, 200);
  for (let probe = 0; probe < 5; probe += 1) assert.equal((await client.get('/readyz')).status, 200);
});

test('public addresses are counted by address, probes are not (http/too-many-requests)', async () => {
  const client = supertest(createHttpApp(stubService(), { limits: { anonymous: once5 } }));
  assert.equal((await client.get('/log/checkpoint')).status, 200);
  const refused = await client.get('/log/checkpoint');
  assert.deepEqual([refused.status, refused.body.code], [429, 'http/too-many-requests']);
  assert.equal((await client.get('/healthz')).status, 200);
  assert.equal((await client.get('/v1/whoami').set(bearer('auditor'))).status, 200);
});

test('judgements of one principal at once are bounded, and places are given back (http/too-many-at-once)', async () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let started = 0;
  const readEvidence = async () => {
    started += 1;
    await opened;
    return fail('image/unknown', 'The stub has none.');
  };
  using server = await serve(createHttpApp(stubService({ readEvidence }), { limits: { judgementsAtOnce: 2 } }));
  const ask = (role: 'admin' | 'auditor') =>
    fetch(`http://127.0.0.1:${server.port}/v1/images/${DIGEST}/evidence`, { headers: bearer(role) });
  const held = [ask('admin'), ask('admin')];
  while (started < 2) await sleep(5);
  const third = await ask('admin');
  assert.deepEqual([third.status, ((await third.json()) as { code: string }).code], [429, 'http/too-many-at-once']);
  assert.equal(third.headers.get('retry-after'), '1');
  const other = ask('auditor');
  open();
  for (const answer of [...(await Promise.all(held)), await other, await ask('admin')])
    assert.equal(answer.status, 404);
});

test('who leaves while a judgement is made gives the place back', async () => {
  const readEvidence = async () => {
    await sleep(50);
    return fail('image/unknown', 'The stub has none.');
  };
  using server = await serve(createHttpApp(stubService({ readEvidence }), { limits: { judgementsAtOnce: 1 } }));
  const path = `/v1/images/${DIGEST}/evidence`;
  for (let round = 0; round < 3; round += 1) {
    const leaving = httpRequest({ port: server.port, host: '127.0.0.1', path, headers: bearer('admin') });
    leaving.on('error', () => undefined);
    leaving.end();
    await sleep(20);
    leaving.destroy();
    await sleep(60);
  }
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers: bearer('admin') });
  assert.equal(answer.status, 404);
});

test('admission costs a few microseconds', async () => {
  const admission = createAdmission();
  const rounds = 20_000;
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const started = processorMs();
    for (let round = 0; round < rounds; round += 1) await admission.enter('read', `ci-${round % 4}-${attempt}`);
    best = Math.min(best, ((processorMs() - started) * 1_000) / rounds);
  }
  assert(best < 25, `${best} microseconds`);
});

test('connections of one address are bounded, and told why (http/too-many-connections)', async () => {
  using server = await serve(createHttpApp(stubService()), {}, { connectionsPerAddressMax: 2 });
  const open = () => connect(server.port, '127.0.0.1');
  const held = [open(), open()];
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  const third = open();
  const { text, closed } = listenTo(third);
  await closed;
  assert.match(text(), /^HTTP\/1\.1 429 .*Retry-After: 1.*http\/too-many-connections/s);
  for (const socket of held) socket.destroy();
  await sleep(50);
  assert.equal((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status, 200);
});

test('connections of everybody are bounded', async () => {
  using server = await serve(createHttpApp(stubService()), {}, { connectionsMax: 2 });
  const held = [connect(server.port, '127.0.0.1'), connect(server.port, '127.0.0.1')];
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  await sleep(50);
  const third = connect(server.port, '127.0.0.1');
  await listenTo(third).closed;
  for (const socket of held) socket.destroy();
});

test('a connection on which nothing moves ends: before a request, and while an answer is due', async () => {
  const readEvidence = () => new Promise<never>(() => undefined);
  const app = createHttpApp(stubService({ readEvidence }));
  using server = await serve(app, { stalledMs: 150, keepAliveMs: 150, headersMs: 100, checkMs: 20 });
  const request = `GET /v1/images/${DIGEST}/evidence HTTP/1.1\r\nHost: a\r\nAuthorization: ${bearer('admin').Authorization}\r\n\r\n`;
  for (const sent of ['', request, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n']) {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(sent));
    await listenTo(socket).closed;
  }
});

test('headers that come drop by drop end in 408 however many come (http/request-timeout)', async () => {
  using server = await serve(createHttpApp(stubService()), { headersMs: 200, checkMs: 20 });
  const socket = connect(server.port, '127.0.0.1');
  const { text, closed } = listenTo(socket);
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n');
  let count = 0;
  const drip = setInterval(() => {
    count += 1;
    socket.write(`X-${count}: a\r\n`);
  }, 20);
  await closed;
  clearInterval(drip);
  assert.match(text(), /^HTTP\/1\.1 408 .*http\/request-timeout/s);
});

test('pipelined requests are answered in their order, and a stranger among them stops nobody', async () => {
  using server = await serve(createHttpApp(stubService()));
  const one = (rest = '') => `GET /healthz HTTP/1.1\r\nHost: a\r\n${rest}\r\n`;
  const socket = connect(server.port, '127.0.0.1', () =>
    socket.write(one() + one().replace('/healthz', '/v1/whoami') + one('Connection: close\r\n')),
  );
  const { text, closed } = listenTo(socket);
  await closed;
  assert.deepEqual(
    [...text().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
    ['200', '401', '200'],
  );
});

test('hundreds of lists in one connection hold up nobody else, and more than may wait are refused (http/too-many-at-once)', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  const listEntries = async () => {
    begun += 1;
    await promise;
    return ok({ items: [] });
  };
  using server = await serve(createHttpApp(stubService({ listEntries })));
  const list = `GET /v1/entries HTTP/1.1\r\nHost: a\r\nAuthorization: ${bearer('admin').Authorization}\r\n`;
  const waiting = 16 + 1_024;
  const socket = connect(server.port, '127.0.0.1', () =>
    socket.write(`${`${list}\r\n`.repeat(waiting + 6)}${list}Connection: close\r\n\r\n`),
  );
  const { text, closed } = listenTo(socket);
  while (begun < 16) await sleep(5);
  const other = await fetch(`http://127.0.0.1:${server.port}/v1/entries/7`, { headers: bearer('auditor') });
  assert.equal(other.status, 404);
  // All of them have been looked at by now: Node reads on where nothing is answered.
  await sleep(1_500);
  assert.equal(begun, 16);
  resolve();
  await closed;
  const statuses = [...text().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  assert.deepEqual([statuses.length, statuses.filter((status) => status === '429').length], [waiting + 7, 7]);
  assert.match(text(), /"code":"http\/too-many-at-once"/);
});
