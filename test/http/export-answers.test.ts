import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ok } from '../../src/core/fault.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { partsInTime } from '../../src/http/parts-in-time.ts';
import { ServiceError } from '../../src/service/ports.ts';
import type { Service } from '../../src/service/service.ts';
import { bearer, stubService } from './stub-service.ts';

const PATH = '/v1/exports?from=0&to=9';

async function serve(exportPeriod: Service['exportPeriod'], exportsAtOnce = 4) {
  const app = createHttpApp(stubService({ exportPeriod }), { limits: { exportsAtOnce } });
  const server = createHttpServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    ask: (method = 'GET') => {
      const asked = request({ host: '127.0.0.1', port, path: PATH, method, headers: bearer('auditor') });
      asked.on('error', () => undefined);
      asked.end();
      return asked;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answerOf(asked: ReturnType<typeof request>): Promise<IncomingMessage> {
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer;
}

/** Lines without an end, and whether anybody still makes them. */
function endless() {
  const state = { begun: 0, ended: 0, parts: 0 };
  const lines = async function* () {
    state.begun += 1;
    try {
      for (;;) {
        state.parts += 1;
        yield `${'x'.repeat(16_384)}\n`;
      }
    } finally {
      state.ended += 1;
    }
  };
  return { state, exportPeriod: async () => ok(lines()) };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition() && waited < 10_000; waited += 5) await sleep(5);
  assert(condition());
}

test('lines are made no faster than they are read, and none for whoever has left', async () => {
  const { state, exportPeriod } = endless();
  await using service = await serve(exportPeriod);
  const asked = service.ask();
  const answer = await answerOf(asked);
  answer.pause();
  await until(() => state.parts > 1);
  let before = 0;
  // Until the buffers between the two are full.
  while (before !== state.parts) {
    before = state.parts;
    await sleep(100);
  }
  assert(state.parts < 2_000, `${state.parts} parts wait for a reader who does not read`);
  asked.destroy();
  await until(() => state.ended === 1);
});

test('as many are sent at once as a principal may have, and a place is given back (http/too-many-at-once)', async () => {
  const { state, exportPeriod } = endless();
  await using service = await serve(exportPeriod, 1);
  const first = service.ask();
  await answerOf(first);
  const second = await answerOf(service.ask());
  assert.equal(second.statusCode, 429);
  first.destroy();
  await until(() => state.ended === 1);
  const third = service.ask();
  assert.equal((await answerOf(third)).statusCode, 200);
  third.destroy();
});

test('what fails on the way cuts the answer off, so that nobody takes it for whole', async () => {
  const { promise: received, resolve } = Promise.withResolvers<void>();
  const lines = async function* () {
    yield 'one\n';
    await received;
    throw new ServiceError({ code: 'head/not-ours', message: 'planted' });
  };
  await using service = await serve(async () => ok(lines()));
  const answer = await answerOf(service.ask());
  assert.equal(answer.statusCode, 200);
  let text = '';
  answer.on('data', (part) => {
    text += String(part);
    resolve();
  });
  const [error] = (await once(answer, 'error')) as [Error & { code?: string }];
  assert.deepEqual([text, error.code], ['one\n', 'ECONNRESET']);
});

test('who asks for the head alone has no line made', async () => {
  const { state, exportPeriod } = endless();
  await using service = await serve(exportPeriod);
  const answer = await answerOf(service.ask('HEAD'));
  assert.equal(answer.statusCode, 200);
  answer.resume();
  await once(answer, 'end');
  assert.equal(state.begun, 0);
});

test('an answer ends between two parts when its time is over, and the rest is not made', async () => {
  const { state, exportPeriod } = endless();
  const lines = await exportPeriod();
  assert(lines.ok);
  let parts = 0;
  for await (const part of partsInTime(lines.value, 0)) {
    assert(part.endsWith('\n'));
    parts += 1;
  }
  assert.deepEqual([parts, state.ended], [1, 1]);
});
