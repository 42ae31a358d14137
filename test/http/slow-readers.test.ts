import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROLES, type Role } from '../../src/core/entry/kinds/principal-granted.ts';
import { ok } from '../../src/core/fault.ts';
import { createHttpApp, type HttpOptions } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import type { Service } from '../../src/service/service.ts';
import { DIGEST } from './sample-requests.ts';
import { bearer, stubService } from './stub-service.ts';

const MIB = 1024 * 1024;
const EVIDENCE = `/v1/images/${DIGEST}/evidence`;
const EXPORT = '/v1/exports?from=0&to=9';

async function serve(overrides: Partial<Service>, options: HttpOptions = {}) {
  const server = createHttpServer(createHttpApp(stubService(overrides), options)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    /** Asks, and reads nothing of the answer but whether it begins with 200. */
    askAndWait: async (path: string, role?: Role) => {
      const token = role === undefined ? '' : `Authorization: ${bearer(role).Authorization}\r\n`;
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n${token}Connection: close\r\n\r\n`),
      ).pause();
      socket.on('error', () => undefined);
      await once(socket, 'readable');
      const head = (socket.read(64) as Buffer | null)?.toString('latin1') ?? '';
      return { socket, status: Number(head.slice(9, 12)) };
    },
    /** Asks, and reads all. */
    ask: async (path: string, role: Role) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: bearer(role) });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const { code } = answer.status === 200 ? { code: undefined } : JSON.parse(bytes.toString());
      return { status: answer.status, code, length: bytes.length, retryAfter: answer.headers.get('retry-after') };
    },
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Served = Awaited<ReturnType<typeof serve>>;

/** Asks until it is refused, and reads nothing; gives what was let in. */
async function fill(served: Served, path: string, role: Role, most: number): Promise<readonly Socket[]> {
  const held: Socket[] = [];
  while (held.length < most) {
    const { socket, status } = await served.askAndWait(path, role);
    if (status !== 200) {
      socket.destroy();
      break;
    }
    held.push(socket);
  }
  return held;
}

async function untilOk(served: Served, path: string, role: Role): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if ((await served.ask(path, role)).status === 200) return;
    await sleep(50);
  }
  assert.fail('what was held is not given back');
}

test('a large answer that is not read, or too slowly, ends with its connection', async () => {
  const large = new Uint8Array(24 * 1024 * 1024);
  const readTile = async () => ok(large);
  const readingTimes = { graceMs: 500, bytesPerSecondMin: 1024 * 1024 * 1024 };
  using server = await serve({ readTile }, { readingTimes });
  const request = 'GET /log/tile/0/000 HTTP/1.1\r\nHost: a\r\n\r\n';
  // One does not read at all, the other a little, again and again, which no timeout of inactivity would notice.
  const idle = connect(server.port, '127.0.0.1', () => idle.write(request)).pause();
  const slow = connect(server.port, '127.0.0.1', () => slow.write(request)).pause();
  for (const socket of [idle, slow]) socket.on('error', () => undefined);
  await once(slow, 'readable');
  let read = 0;
  const sip = setInterval(() => {
    read += (slow.read(16) as Buffer | null)?.length ?? 0;
  }, 20);
  await sleep(1_200);
  clearInterval(sip);
  assert(read > 0);
  for (const socket of [idle, slow]) {
    socket.resume();
    await once(socket, 'close');
    assert(socket.bytesRead < large.length, `${socket.bytesRead} bytes`);
  }
  using patient = await serve({ readTile });
  const whole = await fetch(`http://127.0.0.1:${patient.port}/log/tile/0/000`);
  assert.equal((await whole.arrayBuffer()).byteLength, large.length);
});

test('one principal that reads nothing keeps nobody else from a large answer (http/too-many-at-once)', async () => {
  const evidence = new Uint8Array(20 * MIB);
  using served = await serve({ readEvidence: async () => ok(evidence) });
  const held = await fill(served, EVIDENCE, 'admin', 32);
  assert.equal(held.length, 6, 'as many as 128 MiB have room for');
  const refused = await served.ask(EVIDENCE, 'admin');
  assert.deepEqual([refused.status, refused.code, refused.retryAfter], [429, 'http/too-many-at-once', '1']);
  // What is small is answered all the same, and others are answered whole.
  assert.equal((await served.ask('/v1/whoami', 'admin')).status, 200);
  for (const role of ROLES.filter((each) => each !== 'admin')) {
    const other = await served.ask(EVIDENCE, role);
    assert.deepEqual([other.status, other.length], [200, evidence.length], role);
  }
  for (const socket of held) socket.destroy();
  await untilOk(served, EVIDENCE, 'admin');
});

test('a principal that holds nothing gets a single answer of any size, and no second beside it', async () => {
  const evidence = new Uint8Array(200 * MIB);
  using served = await serve({ readEvidence: async () => ok(evidence) });
  const held = await fill(served, EVIDENCE, 'auditor', 32);
  assert.equal(held.length, 1);
  assert.equal((await served.ask(EVIDENCE, 'auditor')).code, 'http/too-many-at-once');
  for (const socket of held) socket.destroy();
});

test('large answers that wait to be read are bounded together, whoever reads them (service/overloaded)', async () => {
  const evidence = new Uint8Array(200 * MIB);
  using served = await serve({ readEvidence: async () => ok(evidence) });
  const held = [...(await fill(served, EVIDENCE, 'admin', 1)), ...(await fill(served, EVIDENCE, 'auditor', 1))];
  assert.equal(held.length, 2);
  const third = await served.ask(EVIDENCE, 'operator');
  assert.deepEqual([third.status, third.code], [503, 'service/overloaded']);
  assert.match(third.retryAfter ?? '', /^\d+$/);
  for (const socket of held) socket.destroy();
  await untilOk(served, EVIDENCE, 'operator');
});

test('without a token it is the address that is counted (http/too-many-at-once)', async () => {
  const tile = new Uint8Array(100 * MIB);
  using served = await serve({ readTile: async () => ok(tile), readEvidence: async () => ok(tile) });
  const first = await served.askAndWait('/log/tile/0/000');
  const second = await served.askAndWait('/log/tile/0/000');
  assert.deepEqual([first.status, second.status], [200, 429]);
  assert.equal((await served.ask(EVIDENCE, 'auditor')).status, 200, 'who shows a token is somebody else');
  first.socket.destroy();
});

test('slow exports hold the part that is being sent, however many there are, and keep nobody from a large answer', async () => {
  const evidence = new Uint8Array(120 * MIB);
  const lines = async function* () {
    for (;;) yield `${'x'.repeat(MIB / 4)}\n`;
  };
  const services = { readEvidence: async () => ok(evidence), exportPeriod: async () => ok(lines()) };
  using served = await serve(services, { limits: { exportsAtOnce: 10 } });
  const held: Socket[] = [];
  for (const role of ['admin', 'auditor', 'operator'] as const) held.push(...(await fill(served, EXPORT, role, 10)));
  assert.equal(held.length, 30);
  for (const role of ['release-manager', 'auditor'] as const) {
    const answer = await served.ask(EVIDENCE, role);
    assert.deepEqual([role, answer.status], [role, 200]);
  }
  for (const socket of held) socket.destroy();
  await untilOk(served, EVIDENCE, 'auditor');
});

test('the parts of exports count for whoever reads them (http/too-many-at-once)', async () => {
  const lines = async function* () {
    for (;;) yield `${'x'.repeat(40 * MIB)}\n`;
  };
  using served = await serve({
    exportPeriod: async () => ok(lines()),
    readEvidence: async () => ok(new Uint8Array(20 * MIB)),
  });
  const held = await fill(served, EXPORT, 'admin', 4);
  assert.equal(held.length, 4);
  assert.equal((await served.ask(EVIDENCE, 'admin')).code, 'http/too-many-at-once');
  assert.equal((await served.ask(EVIDENCE, 'auditor')).status, 200);
  for (const socket of held) socket.destroy();
});
