import assert from 'node:assert/strict';
import type { LookupAddress, lookup } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { parseNetworks } from '../../src/webhooks/receiver-address.ts';
import { openNoticeSender, type SenderOptions } from '../../src/webhooks/send-notice.ts';
import { openReceiver } from './receiver.ts';

const LOOPBACK = parseNetworks(['127.0.0.0/8']);
const BODY = '{"type":"run.expired"}';

function openSender(options: Partial<SenderOptions> = {}) {
  return openNoticeSender({ networks: LOOPBACK, userAgent: 'waybill/test', ...options });
}

const send = (url: string, options: Partial<SenderOptions> = {}) =>
  openSender(options).send({ url, headers: { 'webhook-id': 'msg_1' }, body: BODY });

/** A resolver that says what it is told to, one answer after the other, and how often it was asked. */
function resolverOf(...answers: readonly (readonly string[])[]) {
  let asked = 0;
  const resolve = ((_name: string, _options: object, done: (error: null, addresses: LookupAddress[]) => void) => {
    const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as typeof lookup;
  return { resolve, asked: () => asked };
}

const codeOf = (outcome: Awaited<ReturnType<typeof send>>) =>
  'fault' in outcome ? outcome.fault.code : outcome.status;

test('posts the exact body once, as JSON, and tells the status', async () => {
  await using receiver = await openReceiver(204);
  assert.deepEqual(await send(receiver.url), { status: 204 });
  const [received] = receiver.received;
  assert.equal(received?.body, BODY);
  assert.equal(received?.headers['content-type'], 'application/json');
  assert.equal(received?.headers['webhook-id'], 'msg_1');
  assert.equal(received?.headers['user-agent'], 'waybill/test');
  assert.equal(receiver.received.length, 1);
});

test('never follows a redirect', async () => {
  await using inside = await openReceiver(200);
  for (const status of [301, 302, 303, 307, 308]) {
    await using receiver = await openReceiver({ status, headers: { location: inside.url } });
    assert.deepEqual(await send(receiver.url), { status });
  }
  assert.equal(inside.received.length, 0);
});

test('refuses addresses that are written out, in every spelling, before anything is sent (webhook/address-refused)', async () => {
  await using receiver = await openReceiver(200);
  const { port } = receiver;
  const hosts = [
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
    '[fe80::1]',
  ];
  for (const host of hosts) {
    assert.equal(codeOf(await send(`https://${host}:${port}/`, { networks: [] })), 'webhook/address-refused', host);
    const checked = openSender({ networks: [] }).check(`https://${host}:${port}/`);
    assert.equal(checked.ok ? 'ok' : checked.fault.code, 'webhook/address-refused', host);
  }
  assert.equal(receiver.received.length, 0);
});

test('refuses a name one of whose addresses is private, whatever the others are (webhook/address-refused)', async () => {
  for (const addresses of [
    ['127.0.0.1'],
    ['8.8.8.8', '10.0.0.1'],
    ['2606:4700::1111', 'fd00::1'],
    ['::ffff:127.0.0.1'],
    ['64:ff9b::7f00:1'],
  ]) {
    const { resolve } = resolverOf(addresses);
    assert.equal(
      codeOf(await send('https://hooks.example.com/', { networks: [], resolve })),
      'webhook/address-refused',
    );
  }
  const { resolve } = resolverOf([]);
  assert.equal(codeOf(await send('https://hooks.example.com/', { networks: [], resolve })), 'webhook/unresolved');
});

test('a name that changes its address between the look and the connection gains nothing: it is asked once, and that is connected to', async () => {
  await using receiver = await openReceiver(200);
  const { resolve, asked } = resolverOf(['127.0.0.1'], ['169.254.169.254']);
  const url = `http://localhost:${receiver.port}/hook`;
  assert.deepEqual(await send(url, { resolve }), { status: 200 });
  assert.equal(asked(), 1);
  // The other way round: the second look would be fine, and is never made.
  const turned = resolverOf(['169.254.169.254'], ['127.0.0.1']);
  assert.equal(codeOf(await send(url, { resolve: turned.resolve })), 'webhook/address-refused');
  assert.equal(turned.asked(), 1);
  assert.equal(receiver.received.length, 1);
});

test('sends nothing without TLS but to the machine itself, and there only where it is a named network', async () => {
  await using receiver = await openReceiver(200);
  assert.equal(codeOf(await send('http://hooks.example.com/')), 'webhook/malformed-url');
  assert.equal(codeOf(await send(`http://localhost:${receiver.port}/`, { networks: [] })), 'webhook/address-refused');
  const { resolve } = resolverOf(['10.1.2.3']);
  const inside = { networks: parseNetworks(['127.0.0.0/8', '10.0.0.0/8']), resolve };
  assert.equal(codeOf(await send(`http://localhost:${receiver.port}/`, inside)), 'webhook/address-refused');
  assert.equal(receiver.received.length, 0);
});

test('refuses what is no address that anything can be posted to (webhook/malformed-url)', async () => {
  for (const url of [
    '',
    'hooks.example.com',
    'ftp://example.com/',
    'file:///etc/passwd',
    'https://u:p@example.com/',
    'https://example.com/#a',
    `https://example.com/${'a'.repeat(2_048)}`,
  ]) {
    const checked = openSender().check(url);
    assert.equal(checked.ok ? 'ok' : checked.fault.code, 'webhook/malformed-url', url.slice(0, 40));
  }
});

test('a certificate that nobody vouches for is no answer (webhook/no-answer)', async () => {
  await using receiver = await openReceiver(200);
  assert.equal(codeOf(await send(`https://127.0.0.1:${receiver.port}/`)), 'webhook/no-answer');
  assert.equal(receiver.received.length, 0);
});

test('a receiver that answers slowly, never, drop by drop, or without end costs no more than its time (webhook/no-answer)', async () => {
  const answerMsMax = 300;
  await using never = await openReceiver(() => undefined);
  assert.equal(codeOf(await send(never.url, { answerMsMax })), 'webhook/no-answer');
  await using dripping = await openReceiver((response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), 20);
    response.once('close', () => clearInterval(timer));
  });
  assert.equal(codeOf(await send(dripping.url, { answerMsMax })), 'webhook/no-answer');
  let written = 0;
  await using endless = await openReceiver((response) => {
    response.writeHead(200);
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) written += 64 * 1024;
      if (!response.destroyed) response.once('drain', pour);
    };
    pour();
  });
  assert.deepEqual(await send(endless.url), { status: 200 });
  assert(written < 32 * 1024 * 1024, `${written} bytes were taken`);
  const mute = createServer();
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { port } = mute.address() as { readonly port: number };
  assert.equal(codeOf(await send(`https://127.0.0.1:${port}/`, { answerMsMax })), 'webhook/no-answer');
  mute.close();
});

test('a receiver that changes the protocol is one that answered, and nothing more is said to it', async () => {
  let said = '';
  const turning = createServer((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.on('data', (part) => {
        said += String(part);
      });
    });
    socket.on('error', () => undefined);
  });
  turning.listen(0, '127.0.0.1');
  await once(turning, 'listening');
  const { port } = turning.address() as { readonly port: number };
  const outcome = send(`http://127.0.0.1:${port}/`, { answerMsMax: 300 });
  const late = new Promise<never>((_, refuse) => {
    setTimeout(refuse, 5_000, new Error('no outcome')).unref();
  });
  assert.deepEqual(await Promise.race([outcome, late]), { status: 101 });
  assert.equal(said, '');
  turning.close();
});

test('tells how long a receiver asks to be left alone: seconds or a date, a day at the most', async () => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  for (const [text, least, most] of [
    ['120', 120, 120],
    ['99999999', 86_400, 86_400],
    [inAMinute, 55, 61],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0, 0],
  ] as const) {
    await using receiver = await openReceiver({ status: 503, headers: { 'retry-after': text } });
    const outcome = await send(receiver.url);
    const seconds = 'status' in outcome ? (outcome.retryAfterSeconds ?? -1) : -1;
    assert(seconds >= least && seconds <= most, `${text}: ${seconds}`);
  }
  await using receiver = await openReceiver({ status: 503, headers: { 'retry-after': 'soon' } });
  assert.deepEqual(await send(receiver.url), { status: 503 });
});
