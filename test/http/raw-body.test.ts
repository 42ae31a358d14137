import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ATTESTATION_BODY_BYTES_MAX, JSON_BODY_BYTES_MAX, MANIFEST_BODY_BYTES_MAX } from '../../src/api/limits.ts';
import { fail, ok } from '../../src/core/fault.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { bearer, stubService } from './stub-service.ts';

/** Hashes of the bodies that reached the service. */
const reached: string[] = [];
const take = async (bytes: Uint8Array) => {
  reached.push(createHash('sha256').update(bytes).digest('hex'));
  return fail('statement/unrecognised-document', 'Taken by the stub.');
};
const service = stubService({
  // Each an administrator of its own name.
  authenticate: async (token) => {
    const principal = ['admin', 'second', 'third'].find((name) => token === `wbt_${name}`);
    if (principal === undefined) return fail('auth/token-unknown', 'The token is not one of this service.');
    return ok({ principal, role: 'admin', repositories: ['*'], stages: ['*'], grants: 1 });
  },
  submitAttestation: (_caller, { body }) => take(body),
  signImage: (_caller, { manifest }) => take(manifest),
});
const server = createHttpServer(createHttpApp(service));

before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
after(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  reached.length = 0;
});

const port = () => (server.address() as AddressInfo).port;

function open(target: string, headers: Record<string, string | number>, principal = 'admin'): ClientRequest {
  return httpRequest({
    port: port(),
    host: '127.0.0.1',
    method: 'POST',
    path: target,
    headers: { Authorization: `Bearer wbt_${principal}`, ...headers },
  });
}

function answerOf(request: ClientRequest): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
  });
}

test('every byte reaches the service as it was sent, whatever the content type says', async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
  const expected = createHash('sha256').update(bytes).digest('hex');
  for (const headers of [
    {},
    { 'Content-Type': 'application/json' },
    { 'Content-Type': 'text/plain; charset=utf-16' },
  ]) {
    const request = open('/v1/attestations', { ...headers, 'Content-Length': bytes.length });
    request.end(bytes);
    assert.equal((await answerOf(request)).status, 422);
    assert.equal(reached.pop(), expected);
  }
});

test('a body in chunks is taken whole', async () => {
  const request = open('/v1/attestations', { 'Transfer-Encoding': 'chunked' });
  for (let index = 0; index < 5; index += 1) request.write('abc');
  request.end();
  assert.equal((await answerOf(request)).status, 422);
  assert.deepEqual(reached, [createHash('sha256').update('abc'.repeat(5)).digest('hex')]);
});

for (const [target, bytesMax] of [
  ['/v1/attestations', ATTESTATION_BODY_BYTES_MAX],
  ['/v1/images/sign?repository=a', MANIFEST_BODY_BYTES_MAX],
  ['/v1/contracts', JSON_BODY_BYTES_MAX],
] as const) {
  test(`${target} takes at most ${bytesMax} bytes, announced or in chunks (http/body-too-large)`, async () => {
    const type = { 'Content-Type': 'application/json' };
    const announced = open(target, { ...type, 'Content-Length': 2 * bytesMax + 1 });
    announced.flushHeaders();
    const refused = await answerOf(announced);
    assert.equal(refused.status, 413);
    assert(refused.text.includes('"http/body-too-large"'));
    announced.destroy();
    const sent = open(target, { ...type, 'Content-Length': bytesMax + 1 });
    const heard = answerOf(sent);
    sent.end(new Uint8Array(bytesMax + 1));
    assert.equal((await heard).status, 413);
    const chunked = open(target, { ...type, 'Transfer-Encoding': 'chunked' });
    const answer = answerOf(chunked);
    chunked.end(new Uint8Array(bytesMax + 1));
    assert.equal((await answer).status, 413);
    assert.deepEqual(reached, []);
  });
}

test('a body of exactly the greatest size is taken', async () => {
  const request = open('/v1/images/sign?repository=a', { 'Content-Length': MANIFEST_BODY_BYTES_MAX });
  request.end(new Uint8Array(MANIFEST_BODY_BYTES_MAX));
  assert.equal((await answerOf(request)).status, 422);
  assert.equal(reached.length, 1);
});

test('an upload that is cut off writes nothing', async () => {
  for (const headers of [{ 'Content-Length': 1_000 }, { 'Transfer-Encoding': 'chunked' }]) {
    const request = open('/v1/attestations', headers);
    request.on('error', () => {});
    request.write('{"only":"half');
    await sleep(30);
    request.destroy();
  }
  await sleep(50);
  assert.deepEqual(reached, []);
});

test('a body shorter than announced writes nothing, even where the sender goes on to read', async () => {
  const socket = connect(port(), '127.0.0.1');
  socket.on('error', () => {});
  socket.end(
    `POST /v1/attestations HTTP/1.1\r\nHost: a\r\nAuthorization: ${bearer('admin').Authorization}\r\nContent-Length: 100\r\n\r\nshort`,
  );
  socket.resume();
  await new Promise((resolve) => socket.on('close', resolve));
  assert.deepEqual(reached, []);
});

test('a sender that waits for 100 Continue is refused before it sends, and let in where it may', async () => {
  const large = { Expect: '100-continue', 'Content-Length': 1_000 };
  const stranger = open('/v1/attestations', { ...large, Authorization: 'Bearer wbt_nobody' });
  let continued = false;
  stranger.on('continue', () => {
    continued = true;
  });
  stranger.flushHeaders();
  assert.equal((await answerOf(stranger)).status, 401);
  assert.equal(continued, false);
  stranger.destroy();
  const tooLarge = open('/v1/contracts', { ...large, 'Content-Type': 'application/json', 'Content-Length': 300_000 });
  tooLarge.flushHeaders();
  assert.equal((await answerOf(tooLarge)).status, 413);
  tooLarge.destroy();
  const known = open('/v1/attestations', large);
  known.on('continue', () => known.end(new Uint8Array(1_000)));
  known.flushHeaders();
  assert.equal((await answerOf(known)).status, 422);
  assert.equal(reached.length, 1);
});

test('a request that never ends is ended, with 408 where nothing was answered yet (http/request-timeout)', async () => {
  const hasty = createHttpServer(createHttpApp(service), { headersMs: 100, requestMs: 200, checkMs: 20 });
  await new Promise<void>((resolve) => hasty.listen(0, '127.0.0.1', resolve));
  const { port: at } = hasty.address() as AddressInfo;
  const start = 'POST /v1/attestations HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nAuthorization: ';
  for (const [text, expected] of [
    ['GET /healthz HT', /^HTTP\/1\.1 408 .*"http\/request-timeout"/s],
    [`${start}${bearer('admin').Authorization}\r\n\r\nhalf`, /^HTTP\/1\.1 408 .*"http\/request-timeout"/s],
    // Refused before its end: it gets that answer, and no second one.
    [`${start}Bearer nobody\r\n\r\nhalf`, /^HTTP\/1\.1 401 (?!.*HTTP\/1\.1)/s],
  ] as const) {
    const socket = connect(at, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      received += chunk;
    });
    socket.on('error', () => {});
    await new Promise((resolve) => socket.on('close', resolve));
    assert.match(received, expected);
  }
  assert.deepEqual(reached, []);
  hasty.close();
});

const LARGE = { 'content-length': ATTESTATION_BODY_BYTES_MAX, 'content-type': 'application/json' };

/** Begins two of the largest bodies, and goes on with neither. */
function holdTwo(principal: string): readonly ClientRequest[] {
  return [1, 2].map(() => {
    const request = open('/v1/attestations', LARGE, principal);
    request.on('error', () => undefined);
    request.write('{');
    return request;
  });
}

test('large bodies of one principal that do not come keep nobody else from sending (http/too-many-at-once)', async () => {
  const held = holdTwo('admin');
  await sleep(200);
  const third = open('/v1/attestations', LARGE);
  third.write('{');
  const refused = await answerOf(third);
  third.on('error', () => undefined).destroy();
  assert.equal(refused.status, 429);
  assert.match(refused.text, /http\/too-many-at-once/);
  const growing = open('/v1/attestations', { 'transfer-encoding': 'chunked' });
  growing.on('error', () => undefined);
  growing.write(Buffer.alloc(2 * 1024 * 1024, 0x20));
  assert.equal((await answerOf(growing)).status, 429);
  growing.destroy();
  const other = open('/v1/attestations', {}, 'second');
  other.end(Buffer.alloc(2 * 1024 * 1024, 0x20));
  assert.equal((await answerOf(other)).status, 422);
  for (const request of held) request.destroy();
  await sleep(200);
  const again = open('/v1/attestations', {});
  again.end(Buffer.alloc(2 * 1024 * 1024, 0x20));
  assert.equal((await answerOf(again)).status, 422);
});

test('large bodies that do not fit into memory together are asked to come again (service/overloaded)', async () => {
  const held = [...holdTwo('admin'), ...holdTwo('second')];
  await sleep(200);
  const one = open('/v1/attestations', LARGE, 'third');
  one.write('{');
  const refused = await answerOf(one);
  one.on('error', () => undefined).destroy();
  assert.equal(refused.status, 503);
  assert.match(refused.text, /service\/overloaded/);
  // Small ones go on, and large ones when the others are gone.
  const small = open('/v1/attestations', {}, 'third');
  small.end('{}');
  assert.equal((await answerOf(small)).status, 422);
  // A body in chunks is told when it grows beyond what is there.
  const growing = open('/v1/attestations', { 'transfer-encoding': 'chunked' }, 'third');
  growing.on('error', () => undefined);
  growing.write(Buffer.alloc(2 * 1024 * 1024, 0x20));
  assert.equal((await answerOf(growing)).status, 503);
  growing.destroy();
  for (const request of held) request.destroy();
  await sleep(200);
  const large = open('/v1/attestations', {});
  large.end(Buffer.alloc(2 * 1024 * 1024, 0x20));
  assert.equal((await answerOf(large)).status, 422);
});
