import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { query } from '../harness/embedded-folder.ts';
import { createTestDatabase } from '../harness/test-database.ts';
import { type Operated, operate } from './resume-under-test.ts';

const adminToken = ({ folder }: Operated) => readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim();

async function whoami(url: string, token: string): Promise<readonly [number, unknown]> {
  const answer = await fetch(`${url}/v1/whoami`, { headers: { authorization: `Bearer ${token}` } });
  return [answer.status, ((await answer.json()) as { readonly code?: string }).code];
}

test('a token row that is copied out of an ended log does not count in its successor (auth/token-unknown)', async (t) => {
  await using database = await createTestDatabase();
  const service = operate(t, database);
  await service.grow('one');
  const ofEnded = adminToken(service);
  const { exit, value } = await service.run('resume', '--seal');
  assert.equal(exit, 0, JSON.stringify(value));
  const copied = `INSERT INTO public.api_token SELECT * FROM ${String(value.schema)}.api_token RETURNING principal`;
  assert.deepEqual(await query(database.adminUrl, copied), [{ principal: 'bootstrap-admin' }]);

  // The principal is there again, in the same epoch, and the keys are the same.
  const running = await service.serve();
  try {
    assert.notEqual(adminToken(service), ofEnded);
    assert.deepEqual(await whoami(running.url, adminToken(service)), [200, undefined]);
    assert.deepEqual(await whoami(running.url, ofEnded), [401, 'auth/token-unknown']);
  } finally {
    await running.stop();
  }
});

test('where a migration forgot all tokens, the next start writes a new one over the file of the old', async (t) => {
  await using database = await createTestDatabase();
  const service = operate(t, database);
  await service.grow('one');
  const before = adminToken(service);
  // As migrations/0005_token_origin.sql does.
  await query(database.ownerUrl, 'DELETE FROM api_token');
  const running = await service.serve();
  try {
    assert.notEqual(adminToken(service), before);
    assert.deepEqual(await whoami(running.url, adminToken(service)), [200, undefined]);
    assert.deepEqual(await whoami(running.url, before), [401, 'auth/token-unknown']);
  } finally {
    await running.stop();
  }
  const again = await service.serve();
  assert.deepEqual(await whoami(again.url, adminToken(service)), [200, undefined]);
  await again.stop();
});
