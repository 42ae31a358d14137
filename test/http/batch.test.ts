import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import supertest from 'supertest';
import { batchLine } from '../../src/api/attestations.ts';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatPublicKeyPem } from '../../src/core/crypto/public-key.ts';
import { formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { ok } from '../../src/core/fault.ts';
import { readReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { buildStatement } from '../../src/core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../src/core/statement/envelope-statement.ts';
import { formatStatement } from '../../src/core/statement/statement.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import { ServiceError } from '../../src/service/ports.ts';
import { DIGEST, type EdgeUnderTest, openEdgeUnderTest, SARIF } from './edge-under-test.ts';
import { bearer, stubService } from './stub-service.ts';

const TARGET = '/v1/attestations/batch';
const TYPE = 'application/x-ndjson';
const plain = (number: number, over: object = {}) => ({
  subject: DIGEST,
  repository: 'shop/api',
  stage: 'scan',
  predicateType: 'https://example.com/scan/v1',
  predicate: { number },
  ...over,
});
const wrap = (attestation: unknown) => ({ attestation, repository: 'shop/api', stage: 'lint', subject: DIGEST });

type Line = {
  readonly line: number;
  readonly status: number;
  readonly seq: number;
  readonly receipt: Parameters<typeof readReceipt>[0];
  readonly recognised: string;
  readonly problem: { readonly code: string; readonly requestId: string };
};

function linesOf(text: string): readonly Line[] {
  assert(text.endsWith('\n'), text);
  const lines = text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const [index, line] of lines.entries()) {
    const read = batchLine.safeParse(line);
    assert(read.success, `${read.error?.message} in ${JSON.stringify(line)}`);
    assert.equal(line.line, index + 1);
  }
  return lines;
}

describe('batches over a real service', () => {
  let edge: EdgeUnderTest;
  before(async () => {
    edge = await openEdgeUnderTest();
  });
  after(() => edge[Symbol.asyncDispose]());

  const send = async (body: string, token = edge.admin) => {
    const sent = edge.client.post(TARGET).set('Authorization', `Bearer ${token}`).set('Content-Type', TYPE);
    const response = await sent.buffer(true).parse(asText).send(body);
    assert.equal(response.status, 200, String(response.body));
    assert.equal(response.headers['content-type'], TYPE);
    return linesOf(String(response.body));
  };
  const statuses = (lines: readonly Line[]) => lines.map(({ status, problem }) => problem?.code ?? status);

  test('each line is recorded with a receipt that verifies, and the whole batch again is found (201, then 200)', async () => {
    const body = Array.from({ length: 300 }, (_, number) => JSON.stringify(plain(number))).join('\n');
    const first = await send(body);
    assert.deepEqual(new Set(statuses(first)), new Set([201]));
    assert.equal(new Set(first.map(({ seq }) => seq)).size, 300);
    const logKey = parseVkey(edge.service.logVkey);
    assert(logKey.ok);
    for (const { receipt, seq } of first) {
      const read = readReceipt(receipt);
      assert(read.ok && read.value.entry.seq === seq && verifyReceipt(read.value, [logKey.value]).ok);
    }
    const again = await send(`${body}\n`);
    assert.deepEqual(new Set(statuses(again)), new Set([200]));
    for (const [index, line] of again.entries()) assert.deepEqual(line.receipt, first[index]?.receipt);
  });

  test('a line is found that was sent alone, and alone what was a line; equal lines of a batch become one entry', async () => {
    const text = JSON.stringify(plain(1_000));
    const alone = await edge.ask('submitAttestation', { target: '/v1/attestations', body: text });
    assert.equal(alone.status, 201, alone.text);
    const other = JSON.stringify(plain(1_001));
    const lines = await send([text, other, other].join('\r\n'));
    assert.deepEqual(statuses(lines), [200, 201, 200]);
    assert.deepEqual(lines[0]?.receipt, alone.body.receipt);
    assert.equal(lines[1]?.seq, lines[2]?.seq);
    const found = await edge.ask('submitAttestation', { target: '/v1/attestations', body: other });
    assert.deepEqual([found.status, found.body.seq], [200, lines[1]?.seq]);
  });

  test('signed envelopes, tool files and bytes in base64 are recognised as they are alone', async () => {
    const key = signingKey(generateKeyPairSync('ed25519').privateKey);
    const scope = { repositories: ['shop/*'], stages: ['test'] };
    const registration = JSON.stringify({ publicKeyPem: formatPublicKeyPem(key.publicKey), ...scope });
    assert.equal((await edge.ask('registerSigner', { target: '/v1/signers', body: registration })).status, 201);
    const about = { digest: DIGEST, repository: 'shop/api', stage: 'test' };
    const payload = encodeUtf8(
      formatStatement(buildStatement({ ...about, predicateType: 'https://example.com/t/v1', predicate: {} })),
    );
    const signatures = [{ keyid: '', sig: key.sign(pae(IN_TOTO_PAYLOAD_TYPE, payload)) }];
    const envelope = formatEnvelope({ payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signatures });
    const junit = Buffer.from('<?xml version="1.0"?>\n<testsuite name="a" tests="1"><testcase name="b"/></testsuite>');
    const lines = await send(
      [
        envelope,
        JSON.stringify({ attestation: JSON.parse(envelope) }),
        JSON.stringify(wrap(JSON.parse(SARIF))),
        JSON.stringify(wrap(junit.toString('base64'))),
      ].join('\n'),
    );
    // The envelope is canonical, so that its bytes are the same inside a wrapper.
    assert.deepEqual([...statuses(lines)].sort(), [200, 201, 201, 201], JSON.stringify(lines));
    assert.equal(lines[0]?.seq, lines[1]?.seq);
    assert.deepEqual(
      lines.map(({ recognised }) => recognised),
      ['envelope', 'envelope', 'sarif', 'junit-xml'],
    );
  });

  test('a bad line is answered with its problem and harms no other', async () => {
    const attested = `SELECT count(*)::int AS n FROM entry WHERE position('"attestation.recorded"'::bytea IN leaf) > 0`;
    const count = async () => (await edge.query(attested)).rows[0]?.n;
    const before = await count();
    const bad = [
      '{',
      '',
      '[]',
      '{"a":1,"a":2}',
      JSON.stringify(plain(1, { stage: 'No Stage' })),
      JSON.stringify({ attestation: plain(1), more: true }),
      JSON.stringify({ attestation: '***' }),
      JSON.stringify({ attestation: JSON.parse(SARIF) }),
      JSON.stringify({ attestation: plain(1), repository: 'other/place' }),
      JSON.stringify(plain(1, { predicate: { text: 'x'.repeat(1024 * 1024) } })),
    ];
    const lines = await send([...bad, JSON.stringify(plain(2_000))].join('\n'));
    assert.deepEqual(statuses(lines), [
      'encoding/malformed-json',
      'encoding/malformed-json',
      'statement/unrecognised-document',
      'encoding/duplicate-member',
      'encoding/pattern-mismatch',
      'encoding/unknown-member',
      'encoding/malformed-base64',
      'http/parameter-missing',
      'attestation/filed-elsewhere',
      'http/body-too-large',
      201,
    ]);
    assert.equal(await count(), before + 1);
  });

  test('a line outside of the scope is refused, and the lines around it are not (auth/repository-out-of-scope)', async () => {
    const token = await edge.tokenFor('batch-ci', 'pipeline', ['shop/*'], ['scan']);
    const lines = [{}, { repository: 'bank/api' }, { stage: 'lint' }, { predicate: {} }].map((over) =>
      JSON.stringify(plain(3_000, over)),
    );
    assert.deepEqual(statuses(await send(lines.join('\n'), token)), [
      201,
      'auth/repository-out-of-scope',
      'auth/stage-out-of-scope',
      201,
    ]);
  });
});

test('a batch has 1 to 1,000 lines (http/body-missing, http/too-many-lines)', async () => {
  const client = supertest(createHttpApp(stubService()));
  const post = (body: string) => client.post(TARGET).set(bearer('admin')).set('Content-Type', TYPE).send(body);
  assert.equal((await post('')).body.code, 'http/body-missing');
  const most = await post('{}\n'.repeat(1_000)).buffer(true).parse(asText);
  assert.equal(linesOf(String(most.body)).length, 1_000);
  const over = await post('{}\n'.repeat(1_001));
  assert.deepEqual([over.status, over.body.code], [413, 'http/too-many-lines']);
});

test('what the service cannot do for one line is said of that line (service/overloaded, http/internal)', async () => {
  let calls = 0;
  const submitAttestation = async () => {
    calls += 1;
    if (calls === 1) throw new ServiceError({ code: 'service/overloaded', message: 'full' }, { retryAfterSeconds: 1 });
    throw new Error('secret');
  };
  const logged: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      logged.push(String(chunk));
      done();
    },
  });
  const logger = pino({ level: 'info' }, sink);
  const client = supertest(createHttpApp(stubService({ submitAttestation }), { logger }));
  const response = await client.post(TARGET).set(bearer('pipeline')).send('{}\n{}\n').buffer(true).parse(asText);
  const lines = linesOf(String(response.body));
  assert.deepEqual(
    lines.map(({ status, problem }) => [status, problem.code]),
    [
      [503, 'service/overloaded'],
      [500, 'http/internal'],
    ],
  );
  assert(!String(response.body).includes('secret'));
  // Whoever runs the service learns what it was, although the whole was answered with 200.
  assert.match(logged.join(''), /"level":50.*"causes":\["Error: secret/);
  assert.equal(lines[0]?.problem.requestId, response.headers['x-request-id']);
});

test('answers come as they are made, and for a reader who does not read no more lines are begun', async () => {
  let begun = 0;
  const submitAttestation = async () => {
    begun += 1;
    // An answer that fills what a connection buffers.
    const filler = createHash('sha256').update(String(begun)).digest('hex').repeat(4_000);
    return ok({ seq: begun, duplicate: false, filler } as never);
  };
  const server = createServer(createHttpApp(stubService({ submitAttestation })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, path: TARGET, method: 'POST', headers: { ...bearer('admin'), 'Content-Type': TYPE } });
  sent.end('{}\n'.repeat(1_000));
  const [response] = await once(sent, 'response');
  await once(response, 'readable');
  await sleep(200);
  assert(begun < 400, `${begun} lines were begun`);
  response.destroy();
  await sleep(100);
  const left = begun;
  await sleep(100);
  assert.equal(begun, left, 'nothing is begun for nobody');
  server.closeAllConnections();
  server.close();
});

function asText(response: object, done: (error: Error | null, body: unknown) => void): void {
  const stream = response as NodeJS.ReadableStream;
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  stream.on('end', () => done(null, text));
}
