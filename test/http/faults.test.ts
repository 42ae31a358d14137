import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { formatFaultDocs } from '../../scripts/write-fault-docs.ts';
import type { FaultCode } from '../../src/core/fault.ts';
import { FAULTS } from '../../src/http/faults/faults.ts';
import { problemOf } from '../../src/http/problem-response.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Every code of every area, as core states them. */
async function codesOfCore(): Promise<readonly string[]> {
  const folder = path.join(root, 'src/core/fault-codes');
  const modules = await Promise.all(readdirSync(folder).map((file) => import(path.join(folder, file))));
  return modules.flatMap((module) => Object.values(module as Record<string, readonly string[]>).flat());
}

test('every code of core has a row, and every row is of a code of core', async () => {
  const codes = new Set(await codesOfCore());
  assert.deepEqual(Object.keys(FAULTS).sort(), [...codes].sort());
});

test('statuses are those of refusals, meanings and remedies are sentences', () => {
  const statuses = [400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 417, 422, 429, 431, 500, 503];
  for (const [code, [status, meaning, remedy]] of Object.entries(FAULTS)) {
    assert.match(code, /^[a-z][a-z-]*\/[a-z0-9-]+$/);
    assert(statuses.includes(status), `${code}: ${status}`);
    for (const text of [meaning, remedy]) assert.match(text, /^[A-Za-z`].*\.$/, `${code}: ${text}`);
    assert(!/[|\n]/.test(meaning + remedy), code);
  }
});

test('only what is wrong with a token, or the end of a session, answers 401', () => {
  const unauthorised = Object.entries(FAULTS).filter(([, [status]]) => status === 401);
  assert.deepEqual(unauthorised.map(([code]) => code).sort(), [
    'auth/token-expired',
    'auth/token-missing',
    'auth/token-revoked',
    'auth/token-unknown',
    'session/ended',
  ]);
});

test('docs/spec/faults.md is what the table says; run scripts/write-fault-docs.ts where it is not', () => {
  assert.equal(readFileSync(path.join(root, 'docs/spec/faults.md'), 'utf8'), formatFaultDocs());
});

test('a problem tells the whole chain of a refusal, and nothing of a failure inside', () => {
  const cause = { code: 'encoding/unknown-member', message: 'No member "x" here.', at: '/stages/0/x' } as const;
  const told = problemOf({ code: 'contract/malformed', message: 'It is no contract.', cause }, 'id');
  assert.deepEqual([told.detail, told.at, told.status], ['It is no contract. No member "x" here.', '/stages/0/x', 400]);
  for (const code of ['database/refused', 'database/start-failed', 'head/not-ours', 'http/internal'] as const) {
    const { detail } = problemOf({ code, message: 'SECRET', cause: { ...cause, message: 'SECRET' } }, 'id');
    assert(!detail.includes('SECRET'), code);
  }
});

test('a code that no table knows is answered as a failure inside, not as undefined', () => {
  const { status, code } = problemOf({ code: 'new/code' as FaultCode, message: 'x' }, 'id');
  assert.deepEqual([status, code], [500, 'new/code']);
});
