import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { IMAGE, MANIFEST } from '../harness/grown-ledger.ts';
import { makeServiceFolder, serve } from '../harness/served.ts';

const PASSPHRASE = 'correct-horse-battery-staple';
/** Stands in everything that a caller sends and that is theirs. */
const THEIRS = 'SECRET-of-a-caller';

test('everything that the service says, at its most talkative, holds no secret of its own and none of a caller', async (t) => {
  const folder = makeServiceFolder(t);
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, `${PASSPHRASE}\n`, { mode: 0o600 });
  const served = await serve(folder, { WAYBILL_LOG_LEVEL: 'trace', WAYBILL_KEY_PASSPHRASE_FILE: passphraseFile });
  t.after(() => served.child.kill('SIGKILL'));
  const admin = readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim();
  const ask = async (path: string, init: RequestInit = {}, authorization = `Bearer ${admin}`) => {
    const response = await fetch(`${served.url}${path}`, { ...init, headers: { authorization, ...init.headers } });
    return { status: response.status, text: await response.text() };
  };
  const json = (body: unknown) => ({
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

  const grant = { principal: 'ci', role: 'pipeline', repositories: ['shop/*'], stages: ['*'], title: THEIRS };
  assert.equal((await ask('/v1/principals', json(grant))).status, 201);
  const made = await ask('/v1/tokens', json({ principal: 'ci', title: THEIRS, lifetimeSeconds: 600 }));
  const token = String(JSON.parse(made.text).token);
  assert.match(token, /^wbt_/);
  const sign = {
    method: 'POST',
    body: new Uint8Array(MANIFEST),
    headers: { 'content-type': 'application/octet-stream' },
  };
  assert.equal((await ask('/v1/images/sign?repository=shop/api', sign, `Bearer ${token}`)).status, 201);
  const place = new URLSearchParams({ subject: IMAGE, repository: 'shop/api', stage: 'scan' });
  const scan = { version: '2.1.0', runs: [{ tool: { driver: { name: THEIRS } }, results: [] }] };
  assert.equal((await ask(`/v1/attestations?${place}`, json(scan))).status, 201);
  // What goes wrong tempts a log most.
  for (const [path, init, authorization] of [
    ['/v1/whoami', {}, `Bearer wbt_0123456789abcdef_${'s'.repeat(43)}`],
    ['/v1/whoami', {}, `Basic ${Buffer.from(`admin:${THEIRS}`).toString('base64')}`],
    ['/v1/whoami', {}, `Bearer ${THEIRS}`],
    [`/v1/whoami?token=${THEIRS}`, {}, undefined],
    [`/v1/images/${THEIRS}`, {}, undefined],
    [`/${THEIRS}/%00`, {}, undefined],
    ['/v1/attestations', { method: 'POST', body: `{"predicate": "${THEIRS}` }, undefined],
    ['/v1/signers', json({ publicKey: `-----BEGIN PRIVATE KEY-----\n${THEIRS}` }), undefined],
    [
      '/v1/contracts',
      { method: 'POST', body: `{"contract": "${THEIRS}"}`, headers: { 'x-custom': THEIRS } },
      undefined,
    ],
    ['/v1/verifications', json({ subject: THEIRS }), undefined],
  ] as const) {
    const { status } = await ask(path, init, authorization);
    assert(status >= 400 && status < 500, `${path}: ${status}`);
  }
  served.child.kill('SIGTERM');
  assert.equal(await served.exit, 0);

  const said = served.said();
  const keys = readdirSync(join(folder, 'keys')).filter((name) => name.endsWith('.key'));
  assert(keys.length >= 4);
  const pem = keys.flatMap((name) =>
    readFileSync(join(folder, 'keys', name), 'utf8')
      .split('\n')
      .slice(1, -2),
  );
  const secrets = [admin, token, 'wbt_', PASSPHRASE, THEIRS, 'PRIVATE KEY', 'postgres://', 'Bearer', 'Basic', ...pem];
  for (const secret of secrets) assert(!said.includes(secret), `the log holds ${secret.slice(0, 12)}…`);
  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  assert(lines.length >= 14, said);
  for (const line of lines) {
    const { time, level, requestId, status, code } = JSON.parse(line);
    assert(!Number.isNaN(Date.parse(time)) && typeof level === 'number' && typeof requestId === 'string', line);
    assert.equal(typeof code, status >= 400 ? 'string' : 'undefined', line);
  }
});
