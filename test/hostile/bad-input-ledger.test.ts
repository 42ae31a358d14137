import assert from 'node:assert/strict';
import { request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { ROUTES } from '../../src/api/routes.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { BAD_HEADERS, BAD_PARAMETERS, BAD_TARGETS, type BadRequest } from '../http/bad-addresses.ts';
import { BAD_BODIES } from '../http/bad-bodies.ts';
import { type EdgeUnderTest, MANIFEST, openEdgeUnderTest } from '../http/edge-under-test.ts';
import { BAD_WRITES } from './bad-writes.ts';

const ALL = [...BAD_TARGETS, ...BAD_PARAMETERS, ...BAD_BODIES, ...BAD_HEADERS, ...BAD_WRITES];

test('every route that writes is among those that meet bad input', () => {
  const met = new Set(ALL.filter(({ method }) => method === 'POST').map(({ target }) => target.split('?', 1)[0] ?? ''));
  const missing = Object.values(ROUTES)
    .filter(({ method, path }) => {
      const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      return method === 'post' && ![...met].some((target) => pattern.test(target));
    })
    .map(({ path }) => path);
  assert.deepEqual(missing, []);
  assert(new Set(ALL.map(({ code }) => code)).size > 50, 'kinds of refusal');
});

describe('over a real ledger', () => {
  let edge: EdgeUnderTest;
  let server: Server;
  let entries = 0;
  let token = '';

  before(async () => {
    edge = await openEdgeUnderTest();
    // More failed logins than one address has may be among these.
    const limits = { failedLogins: { points: 1_000, durationSeconds: 60 } };
    server = createHttpServer(createHttpApp(edge.service, { limits }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const signed = await edge.sign();
    assert.equal(signed.status, 201, signed.text);
    token = edge.admin;
    entries = await countEntries();
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await edge[Symbol.asyncDispose]();
  });

  async function countEntries(): Promise<number> {
    const { rows } = await edge.query('SELECT count(*)::int AS entries, max(seq)::int + 1 AS next FROM entry');
    const [row] = rows as { entries: number; next: number }[];
    assert(row !== undefined && row.entries === row.next);
    return row.entries;
  }

  function send(bad: BadRequest): Promise<{ readonly status: number; readonly text: string }> {
    const headers = {
      Authorization: `Bearer ${token}`,
      ...(bad.body === undefined ? {} : { 'Content-Length': Buffer.byteLength(bad.body) }),
      ...bad.headers,
    };
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', method: bad.method ?? 'GET', path: bad.target, headers });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      request.end(bad.body);
    });
  }

  for (const bad of ALL) {
    const { what, status = 400, code } = bad;
    test(`${what} is answered ${status} and leaves no entry (${code})`, async () => {
      const answer = await send(bad);
      const found = (JSON.parse(answer.text) as { code?: string }).code;
      assert.deepEqual([answer.status, found], [status, code], answer.text);
      assert.equal(await countEntries(), entries);
    });
  }

  test('a batch whose every line is bad answers each with its code and leaves no entry', async () => {
    const lines = BAD_WRITES.filter(
      ({ target, body }) => target.startsWith('/v1/attestations?') && typeof body === 'string',
    )
      .map(({ body }) => String(body))
      .filter((body) => !body.includes('\n'));
    assert(lines.length > 15);
    const headers = { 'Content-Type': 'application/x-ndjson' };
    const answer = await send({
      what: '',
      method: 'POST',
      target: '/v1/attestations/batch',
      headers,
      body: lines.join('\n'),
      code: '',
    });
    assert.equal(answer.status, 200, answer.text);
    const answers = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: number; problem?: { code: string } });
    assert.equal(answers.length, lines.length);
    for (const { status, problem } of answers) {
      assert(status >= 400 && status < 500, `${status} ${problem?.code}`);
      assert(problem !== undefined && problem.code !== 'http/internal');
    }
    assert.equal(await countEntries(), entries);
  });

  test('a good one is still taken, and counted', async () => {
    const again = await edge.sign(edge.admin, 'shop/other');
    assert.equal(again.status, 201, again.text);
    assert.equal(await countEntries(), entries + 2, 'it, and the commitment to the map after it');
    assert(MANIFEST.length > 0);
  });
});
