import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadRequest, LoadTarget } from '../../src/main/bench/load-job.ts';
import { arrivals, runLoad } from '../../src/main/bench/run-load.ts';
import { percentile } from '../../src/main/bench/statistics.ts';

async function serve(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<LoadTarget> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => answer(request, response, body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const posts = (count: number): readonly LoadRequest[] =>
  Array.from({ length: count }, (_, n) => ({
    method: 'POST',
    path: '/things',
    token: 'secret',
    contentType: 'text/plain',
    body: Buffer.from(`body ${n}`),
  }));

test('every request arrives once and whole, over as many connections as asked for, and every status is counted', async (t) => {
  const bodies: string[] = [];
  const ports = new Set<number | undefined>();
  const target = await serve(t, (request, response, body) => {
    assert.equal(request.headers.authorization, 'Bearer secret');
    ports.add(request.socket.remotePort);
    bodies.push(body);
    response.statusCode = body === 'body 7' ? 503 : 201;
    response.end(`answer to ${body}`);
  });
  const pace = { kind: 'closed', connections: 8 } as const;
  const result = await runLoad({ target, requests: posts(200), pace, keepEvery: 50 });
  assert.equal(new Set(bodies).size, 200);
  assert.equal(ports.size, 8);
  assert.deepEqual(result.statuses, { '201': 199, '503': 1 });
  assert.equal(result.latencies.length, 200);
  assert.deepEqual(
    result.kept.map(({ index }) => index).sort((a, b) => a - b),
    [0, 50, 100, 150],
  );
  for (const { index, body } of result.kept) assert.equal(Buffer.from(body).toString(), `answer to body ${index}`);
});

test('an open load counts the time that a request waited for a server that stood still', async (t) => {
  let answered = 0;
  const target = await serve(t, (_request, response) => {
    answered += 1;
    // Once, for 300 ms. A client that only asked again after the answer would see one slow request in 100.
    setTimeout(() => response.end('x'), answered === 20 ? 300 : 0);
  });
  const pace = { kind: 'open', connections: 1, perSecond: 200, seed: 1, patienceSeconds: 5 } as const;
  const result = await runLoad({ target, requests: posts(100), pace, keepEvery: 100 });
  assert.equal(result.latencies.length, 100);
  assert.equal(result.givenUp, 0);
  assert.ok(percentile(result.latencies, 0.75) > 50, `p75 is ${percentile(result.latencies, 0.75)} ms`);
});

test('an open load gives up what a server is too slow for, and says how much', async (t) => {
  const target = await serve(t, (_request, response) => {
    setTimeout(() => response.end('x'), 100);
  });
  const pace = { kind: 'open', connections: 1, perSecond: 1_000, seed: 1, patienceSeconds: 0.2 } as const;
  const result = await runLoad({ target, requests: posts(50), pace, keepEvery: 50 });
  assert.ok(result.givenUp > 30);
  assert.equal(result.latencies.length + result.givenUp, 50);
});

test('an open load keeps all its connections in use, so that a server closes none of them as idle', async (t) => {
  const uses = new Map<number | undefined, number>();
  const target = await serve(t, (request, response) => {
    const { remotePort } = request.socket;
    uses.set(remotePort, (uses.get(remotePort) ?? 0) + 1);
    response.end('x');
  });
  const pace = { kind: 'open', connections: 8, perSecond: 500, seed: 1, patienceSeconds: 5 } as const;
  await runLoad({ target, requests: posts(160), pace, keepEvery: 160 });
  assert.equal(uses.size, 8);
  assert.ok(Math.min(...uses.values()) >= 10, `uses: ${[...uses.values()]}`);
});

test('a connection that the server closed while it was idle fails an open load, which does not wait for ever', async (t) => {
  const target = await serve(t, (request, response) => {
    response.end('x', () => request.socket.destroySoon());
  });
  const pace = { kind: 'open', connections: 1, perSecond: 50, seed: 1, patienceSeconds: 5 } as const;
  await assert.rejects(runLoad({ target, requests: posts(10), pace, keepEvery: 10 }), /closed a connection/);
});

test('arrivals are as many a second as asked for, at random, and the same for the same seed', () => {
  const due = arrivals(20_000, 500, 3);
  assert.deepEqual(due, arrivals(20_000, 500, 3));
  assert.notDeepEqual(due.slice(0, 5), arrivals(5, 500, 4));
  assert.ok(Math.abs((due.at(-1) ?? 0) - 40_000) < 1_500);
  assert.ok(due.every((at, index) => index === 0 || at >= (due[index - 1] ?? 0)));
});

test('an answer in chunks is put together, also where its text looks like the end of it', async (t) => {
  const target = await serve(t, (_request, response, body) => {
    response.write(`${body} 0\r\n\r\n`);
    setTimeout(() => response.end('and the rest'), 5);
  });
  const pace = { kind: 'closed', connections: 2 } as const;
  const result = await runLoad({ target, requests: posts(6), pace, keepEvery: 1 });
  assert.deepEqual(result.statuses, { '200': 6 });
  for (const { index, body } of result.kept)
    assert.equal(Buffer.from(body).toString(), `body ${index} 0\r\n\r\nand the rest`);
});

test('an answer that comes byte by byte is read whole, and a connection that ends early fails the run', async (t) => {
  const answer = Buffer.from('HTTP/1.1 201 Created\r\nContent-Type: x\r\ncontent-length: 5\r\n\r\nhello');
  let calls = 0;
  const server = createTcpServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', async () => {
      calls += 1;
      if (calls === 3) return socket.destroy();
      for (const byte of answer) {
        socket.write(Buffer.of(byte));
        await sleep(1);
      }
      return undefined;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const pace = { kind: 'closed', connections: 1 } as const;
  const result = await runLoad({ target, requests: posts(2), pace, keepEvery: 1 });
  assert.deepEqual(
    result.kept.map(({ body }) => Buffer.from(body).toString()),
    ['hello', 'hello'],
  );
  await assert.rejects(runLoad({ target, requests: posts(1), pace, keepEvery: 1 }), /closed a connection/);
});
