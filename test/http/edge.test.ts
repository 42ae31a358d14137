import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { pino } from 'pino';
import supertest from 'supertest';
import { fail, ok } from '../../src/core/fault.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { addressKey, createKnownTokens } from '../../src/http/rate-limits.ts';
import { ServiceError } from '../../src/service/ports.ts';
import type { Service } from '../../src/service/service.ts';
import { PLANTED } from '../harness/internal-answers.ts';
import { DIGEST } from './sample-requests.ts';
import { bearer, stubService } from './stub-service.ts';

test('a request id is kept where it is sane, made where it is not, and always answered', async () => {
  const client = supertest(createHttpApp(stubService()));
  for (const sane of ['abcdefgh', '0af7651916cd43dd8448eb211c80319c', 'A.b-c_d.1']) {
    assert.equal((await client.get('/healthz').set('X-Request-Id', sane)).headers['x-request-id'], sane);
  }
  for (const odd of ['short', 'a'.repeat(65), 'a b c d e f', '<script>alert(1)</script>', 'id\u00e9id\u00e9id\u00e9']) {
    const given = (await client.get('/nowhere').set('X-Request-Id', odd)).headers['x-request-id'];
    assert.match(String(given), /^[0-9a-f-]{36}$/);
  }
});

test('what is thrown inside answers 500 and tells nothing (http/internal)', async () => {
  const secret = 'postgres://user:hunter2@db';
  const readImage = async () => {
    throw new Error(secret);
  };
  const response = await supertest(createHttpApp(stubService({ readImage })))
    .get(`/v1/images/${DIGEST}`)
    .set(bearer('admin'))
    .set(PLANTED);
  assert.equal(response.status, 500);
  assert.equal(response.body.code, 'http/internal');
  assert(!response.text.includes('hunter2'));
});

test('what the database cannot do answers 503 with Retry-After, and tells nothing of the database', async () => {
  const readImage = async () => {
    throw new ServiceError({ code: 'database/unreachable', message: 'connect ECONNREFUSED 10.0.0.7' });
  };
  const response = await supertest(createHttpApp(stubService({ readImage })))
    .get(`/v1/images/${DIGEST}`)
    .set(bearer('admin'));
  assert.equal(response.status, 503);
  assert.equal(response.headers['retry-after'], '1');
  assert(!response.text.includes('10.0.0.7'));
});

test('an overloaded service says when to come back (service/overloaded)', async () => {
  const submitAttestation = async () => {
    throw new ServiceError({ code: 'service/overloaded', message: 'The queue is full.' }, { retryAfterSeconds: 7 });
  };
  const response = await supertest(createHttpApp(stubService({ submitAttestation })))
    .post('/v1/attestations')
    .set(bearer('pipeline'))
    .send('x');
  assert.deepEqual(
    [response.status, response.headers['retry-after'], response.body.detail],
    [503, '7', 'The queue is full.'],
  );
});

test('failed logins from one address end in 429, and those who were known before still get in', async () => {
  const limits = { failedLogins: { points: 3, durationSeconds: 60 } };
  const client = supertest(createHttpApp(stubService(), { limits }));
  assert.equal((await client.get('/v1/whoami').set(bearer('auditor'))).status, 200);
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    statuses.push((await client.get('/v1/whoami').set('Authorization', `Bearer wbt_guess${attempt}`)).status);
  }
  assert.deepEqual(statuses, [401, 401, 401, 429]);
  const stranger = await client.get('/v1/whoami').set(bearer('admin'));
  assert.equal(stranger.body.code, 'http/too-many-failed-logins');
  assert(Number(stranger.headers['retry-after']) >= 1);
  assert.equal((await client.get('/v1/whoami').set(bearer('auditor'))).status, 200);
  assert.equal((await client.get('/healthz')).status, 200);
});

test('of a principal 64 tokens and cookies are remembered as good, so that nobody has those of others forgotten', () => {
  const known = createKnownTokens();
  known.add('token of a neighbour', 'neighbour');
  for (let count = 0; count < 5_000; count += 1) known.add(`cookie ${count}`, 'busy');
  const kept = Array.from({ length: 5_000 }, (_, count) => known.has(`cookie ${count}`));
  assert.deepEqual([known.has('token of a neighbour'), kept.indexOf(true)], [true, 5_000 - 64]);
  known.remove('token of a neighbour');
  assert(!known.has('token of a neighbour'));
});

test('a principal who asks too fast meets 429, another does not (http/too-many-requests)', async () => {
  const limits = { reads: { points: 2, durationSeconds: 60 } };
  const client = supertest(createHttpApp(stubService(), { limits }));
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    statuses.push((await client.get('/v1/whoami').set(bearer('operator'))).status);
  }
  assert.deepEqual(statuses, [200, 200, 429]);
  assert.equal((await client.get('/v1/whoami').set(bearer('admin'))).status, 200);
});

test('IPv6 addresses are counted by their /64, mapped IPv4 as IPv4', () => {
  assert.equal(addressKey('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2');
  assert.equal(addressKey('2001:db8::1'), '2001:db8:0:0');
  assert.equal(addressKey('::1'), '0:0:0:0');
  assert.equal(addressKey('192.0.2.7'), '192.0.2.7');
});

test('a log line names route, status, code and principal, and no token, body or free text', async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const signed = async () => fail('image/not-a-manifest', 'It says: SECRET-BODY.');
  const client = supertest(
    createHttpApp(stubService({ signImage: signed }), { logger: pino({ level: 'debug' }, sink) }),
  );
  await client
    .post('/v1/images/sign?repository=shop/api&annotation=SECRET%3DSECRET-VALUE')
    .set(bearer('pipeline'))
    .set('Cookie', 'SECRET-COOKIE')
    .send('SECRET-BODY');
  await client.get('/v1/whoami?SECRET-NAME=SECRET').set('Authorization', 'Bearer SECRET-TOKEN');
  const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    [first?.route, first?.status, first?.code, first?.principal, first?.query, first?.bytesReceived],
    ['signImage', 400, 'image/not-a-manifest', 'some-pipeline', { repository: 'shop/api' }, 11],
  );
  assert.deepEqual([second?.route, second?.status, second?.code], ['whoami', 401, 'auth/token-unknown']);
  assert(!/SECRET|wbt_/.test(lines.join('')), lines.join(''));
});

test('every answer carries a strict policy, and no hint of what runs', async () => {
  const client = supertest(createHttpApp(stubService()));
  for (const target of ['/healthz', '/nowhere', '/v1/whoami', '/docs', '/log/checkpoint']) {
    const { headers } = await client.get(target);
    assert.match(String(headers['content-security-policy']), /default-src 'none'/);
    assert(!/unsafe|\*|https?:/.test(String(headers['content-security-policy'])), target);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-powered-by'], undefined);
    const readAnywhere = target === '/log/checkpoint';
    assert.equal(headers['access-control-allow-origin'], readAnywhere ? '*' : undefined, target);
  }
});

test('tiles may be kept for ever, what can change is not kept, and evidence is saved as a file', async () => {
  const readEvidence = async () => ok(new Uint8Array([123, 125]));
  const client = supertest(createHttpApp(stubService({ readEvidence })));
  assert.equal((await client.get('/log/tile/0/000')).headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal((await client.get('/log/checkpoint')).headers['cache-control'], 'no-cache');
  const bundle = await client.get('/log/tile/entries/000').set(bearer('auditor'));
  assert.equal(bundle.headers['cache-control'], 'private, max-age=31536000, immutable');
  const evidence = await client.get(`/v1/images/${DIGEST}/evidence`).set(bearer('auditor'));
  assert.equal(evidence.headers['cache-control'], 'no-store');
  assert.equal(evidence.headers['content-disposition'], 'attachment; filename="evidence-abababababab.json"');
});

test('a tile’s path reaches the service as sent, so that each tile has one address', async () => {
  const asked: string[] = [];
  const readTile = async (path: string) => {
    asked.push(path);
    return ok(new Uint8Array(32));
  };
  const client = supertest(createHttpApp(stubService({ readTile })));
  await client.get('/log/tile/0/x001/067.p/12');
  await client.get('/log/tile/0%2F000');
  assert.deepEqual(asked, ['tile/0/x001/067.p/12', 'tile/0%2F000']);
});

test('the report runs in an origin of its own, where a browser shows it at all', async () => {
  const readReport = async () => ok(new TextEncoder().encode('<!doctype html>'));
  const response = await supertest(createHttpApp(stubService({ readReport })))
    .get(`/v1/images/${DIGEST}/report`)
    .set(bearer('auditor'));
  assert.match(String(response.headers['content-security-policy']), /^sandbox allow-scripts; default-src 'none'/);
  assert.match(String(response.headers['content-disposition']), /^attachment; /);
});

test('a report comes in the form that is named, or that the caller would rather have, as a file of that kind', async () => {
  const readReport: Service['readReport'] = async (_caller, _image, format) => ok(new TextEncoder().encode(format));
  const client = supertest(createHttpApp(stubService({ readReport })));
  for (const [query, accept, format, type] of [
    ['', '*/*', 'html', 'text/html; charset=utf-8'],
    ['', 'application/json', 'json', 'application/json'],
    ['', 'text/csv', 'csv', 'text/csv; charset=utf-8; header=present'],
    ['?format=csv', 'application/json', 'csv', 'text/csv; charset=utf-8; header=present'],
    ['?format=html', 'text/csv', 'html', 'text/html; charset=utf-8'],
  ] as const) {
    const asked = client.get(`/v1/images/${DIGEST}/report${query}`).set(bearer('auditor')).set('accept', accept);
    const { headers, body } = await asked.buffer(true).parse((response, done) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => done(null, text));
    });
    assert.deepEqual([body, headers['content-type']], [format, type]);
    assert.equal(headers['content-disposition'], `attachment; filename="custody-abababababab.${format}"`);
    assert.equal(/\baccept\b/i.test(String(headers.vary)), query === '');
  }
  const other = await client.get(`/v1/images/${DIGEST}/report?format=pdf`).set(bearer('auditor'));
  assert.equal(other.status, 400);
});

test('readiness is 503 with the reason while the service cannot serve', async () => {
  const readiness = async () => ({ ready: false, reason: 'The head is behind the anchor.' });
  const client = supertest(createHttpApp(stubService({ readiness })));
  const response = await client.get('/readyz');
  assert.deepEqual([response.status, response.body.reason], [503, 'The head is behind the anchor.']);
  assert.equal((await client.get('/healthz')).status, 200);
});

test('metrics count requests by route and status, refusals by code, and show queue and ledger', async () => {
  const client = supertest(createHttpApp(stubService()));
  await client.get('/v1/entries/5').set(bearer('admin'));
  await client.get('/nowhere');
  const { text } = await client.get('/metrics').set(bearer('operator'));
  assert.match(text, /waybill_http_request_duration_seconds_count\{route="readEntry",status="404"\} 1/);
  assert.match(text, /waybill_refusals_total\{code="service\/not-found"\} 1/);
  assert.match(text, /waybill_refusals_total\{code="http\/not-found"\} 1/);
  assert.match(text, /waybill_queue_depth 2/);
  assert.match(text, /waybill_ledger_entries 3/);
  assert.match(text, /process_cpu_seconds_total/);
});

test('the documentation page loads its own two files and nothing from elsewhere', async () => {
  const client = supertest(createHttpApp(stubService()));
  const page = await client.get('/docs');
  const loaded = [...page.text.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, target]) => target);
  assert.deepEqual(loaded, ['data:,', '/docs/page.css', '/docs/page.js', '/openapi.json', '/openapi.json']);
  for (const [file, mediaType] of [
    ['page.css', 'text/css; charset=utf-8'],
    ['page.js', 'text/javascript; charset=utf-8'],
  ] as const) {
    const { status, headers, text } = await client.get(`/docs/${file}`).buffer(true);
    assert.deepEqual([status, headers['content-type']], [200, mediaType]);
    assert(!/https?:\/\/|innerHTML|eval\(/.test(text), file);
  }
  assert(!/<style|<script>|style=| on[a-z]+=/.test(page.text));
});
