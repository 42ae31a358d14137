import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIGEST, type EdgeUnderTest, MANIFEST, openEdgeUnderTest } from './edge-under-test.ts';

const COMMIT = '5b'.repeat(20);

function open(edge: EdgeUnderTest, body: unknown, options: { readonly token?: string; readonly key?: string } = {}) {
  const request = edge.client.post('/v1/runs').set('Authorization', `Bearer ${options.token ?? edge.admin}`);
  if (options.key !== undefined) request.set('Idempotency-Key', options.key);
  return request.send(body as object);
}

test('a run over HTTP: opened, named by what is filed under it, read, listed and closed', async () => {
  await using edge = await openEdgeUnderTest();
  const token = await edge.tokenFor('ci', 'pipeline', ['shop/*']);
  const opened = await open(
    edge,
    { repository: 'shop/api', commit: COMMIT, lifetimeSeconds: 600 },
    { token, key: 'build-7' },
  );
  assert.equal(opened.status, 201, opened.text);
  const { run } = opened.body;
  assert.equal(opened.headers.location, `/v1/runs/${run}`);
  assert.equal(opened.body.receipt.type, 'waybill/receipt/v0');
  const again = await open(
    edge,
    { repository: 'shop/api', commit: COMMIT, lifetimeSeconds: 600 },
    { token, key: 'build-7' },
  );
  assert.equal(again.status, 200);
  assert.deepEqual(again.body.receipt.entry, opened.body.receipt.entry);
  const other = await open(edge, { repository: 'shop/api', commit: COMMIT }, { token, key: 'build-7' });
  assert.equal(
    `${other.status} ${other.body.code} ${other.body.at}`,
    '422 http/idempotency-key-reused header/idempotency-key',
  );

  const signing = {
    target: `/v1/images/sign?repository=shop/api&run=${run}`,
    token,
    body: MANIFEST,
    type: 'application/octet-stream',
  };
  const signed = await edge.ask('signImage', signing);
  assert.equal(signed.status, 201, signed.text);
  assert.equal(signed.body.run, run);
  assert.equal((await edge.ask('signImage', signing)).status, 200);
  const attested = await edge.ask('submitAttestation', {
    target: `/v1/attestations?repository=shop/api&stage=lint&subject=gitCommit:${COMMIT}&run=${run}`,
    token,
    body: '{"version":"2.1.0","runs":[]}',
  });
  assert.equal(`${attested.status} ${attested.body.run}`, `201 ${run}`, attested.text);
  const line = {
    subject: DIGEST,
    repository: 'shop/api',
    stage: 'test',
    predicateType: 'https://example.com/t',
    predicate: {},
  };
  const lines = [
    { attestation: line, run },
    { ...line, run },
    { attestation: line, run: 'r-none' },
  ];
  const batch = await edge.client
    .post('/v1/attestations/batch')
    .set('Authorization', `Bearer ${token}`)
    .set('Content-Type', 'application/x-ndjson')
    .buffer(true)
    .parse((stream, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => done(null, Buffer.concat(parts).toString('utf8')));
    })
    .send(lines.map((each) => JSON.stringify(each)).join('\n'));
  const answers = String(batch.body)
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each));
  assert.deepEqual(
    answers.map(({ status, run: named, problem }) => `${status} ${named ?? problem.code}`),
    [`201 ${run}`, `201 ${run}`, '404 run/unknown'],
  );

  const read = await edge.ask('readRun', { target: `/v1/runs/${run}`, token });
  assert.equal(`${read.status} ${read.body.state} ${read.body.attempt}`, '200 open 1');
  const second = await open(edge, { repository: 'shop/api', commit: COMMIT }, { token });
  const listed = await edge.ask('listRuns', { target: `/v1/runs?repository=shop/api&commit=${COMMIT}&limit=1`, token });
  assert.equal(listed.body.items[0].run, second.body.run);
  const next = await edge.ask('listRuns', { target: `/v1/runs?limit=1&cursor=${listed.body.next}`, token });
  assert.equal(next.body.items[0].run, run);
  assert.equal(next.body.next, undefined);
  const closing = { target: `/v1/runs/${run}/close`, token, body: '{"outcome":"succeeded"}' };
  const closed = await edge.ask('closeRun', closing);
  assert.equal(`${closed.status} ${closed.body.state} ${closed.body.duplicate}`, '200 succeeded false');
  assert.equal((await edge.ask('closeRun', closing)).body.duplicate, true);
  const otherwise = await edge.ask('closeRun', { ...closing, body: '{"outcome":"failed"}' });
  assert.equal(`${otherwise.status} ${otherwise.body.code}`, '409 run/ended');
  const open2 = await edge.ask('listRuns', { target: '/v1/runs?state=open', token });
  assert.deepEqual(
    open2.body.items.map(({ run: each }: { readonly run: string }) => each),
    [second.body.run],
  );
});

test('what no run can be is refused at the edge, and who may not is refused (400, 401, 403, 404)', async () => {
  await using edge = await openEdgeUnderTest();
  const good = { repository: 'shop/api', commit: COMMIT };
  for (const [body, at] of [
    [{ ...good, commit: COMMIT.toUpperCase() }, '/commit'],
    [{ ...good, commit: '5b' }, '/commit'],
    [{ ...good, repository: 'Shop' }, '/repository'],
    [{ ...good, lifetimeSeconds: 0 }, '/lifetimeSeconds'],
    [{ ...good, lifetimeSeconds: 1.5 }, '/lifetimeSeconds'],
    [{ ...good, lifetimeSeconds: '60' }, '/lifetimeSeconds'],
    [{ ...good, stages: [] }, '/stages'],
    [{ commit: COMMIT }, '/repository'],
  ] as const) {
    const refused = await open(edge, body);
    assert.equal(`${refused.status} ${refused.body.code} ${refused.body.at}`, `400 http/invalid-body ${at}`);
  }
  const long = await open(edge, { ...good, lifetimeSeconds: 10 ** 9 });
  assert.equal(`${long.status} ${long.body.code}`, '422 run/lifetime-out-of-range');
  for (const key of ['a'.repeat(129), 'with space']) {
    const refused = await open(edge, good, { key });
    assert.equal(
      `${refused.status} ${refused.body.code} ${refused.body.at}`,
      '400 http/malformed-header header/idempotency-key',
    );
  }
  const { body } = await open(edge, good);
  const close = `/v1/runs/${body.run}/close`;
  for (const outcome of ['expired', 'open', '', null]) {
    const refused = await edge.ask('closeRun', { target: close, body: JSON.stringify({ outcome }) });
    assert.equal(`${refused.status} ${refused.body.code}`, '400 http/invalid-body');
  }
  for (const target of ['/v1/runs/UPPER', `/v1/runs/${'r'.repeat(65)}`, '/v1/runs/a%2fb']) {
    const refused = await edge.ask('readRun', { target });
    assert.equal(`${refused.status} ${refused.body.code}`, '400 http/malformed-parameter', target);
  }
  for (const query of ['state=none', 'commit=5b', 'cursor=x', 'limit=0', 'repository=Shop', 'run=r-1']) {
    const refused = await edge.ask('listRuns', { target: `/v1/runs?${query}` });
    assert.equal(refused.status, 400, query);
  }
  assert.equal((await edge.ask('readRun', { target: '/v1/runs/r-none' })).body.code, 'run/unknown');

  const outsider = await edge.tokenFor('ci-bank', 'pipeline', ['bank/*']);
  const far = await open(edge, good, { token: outsider });
  assert.equal(`${far.status} ${far.body.code}`, '403 auth/repository-out-of-scope');
  const farClose = await edge.ask('closeRun', { target: close, token: outsider, body: '{"outcome":"failed"}' });
  assert.equal(`${farClose.status} ${farClose.body.code}`, '403 auth/repository-out-of-scope');
  assert.equal((await edge.ask('readRun', { target: `/v1/runs/${body.run}`, token: outsider })).status, 404);
  assert.equal((await edge.ask('listRuns', { target: '/v1/runs', token: outsider })).body.items.length, 0);
  assert.equal((await edge.client.get('/v1/runs')).status, 401);
});
