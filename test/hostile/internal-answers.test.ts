import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { watchInternalAnswers } from '../harness/internal-answers.ts';
import { TEST_SERVER_VARIABLE } from '../harness/test-server.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The test runner over a file whose only test passes although its server answers with 500. */
function runFixture(environment: NodeJS.ProcessEnv) {
  // Nothing here needs a database; an address that is given keeps the runner from starting one.
  const { NODE_TEST_CONTEXT: _outer, ...own } = process.env;
  const server = own[TEST_SERVER_VARIABLE] ?? '{}';
  return spawnSync(process.execPath, ['scripts/run-tests.ts', 'test/hostile/answers-500.fixture.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...own, [TEST_SERVER_VARIABLE]: server, ...environment },
  });
}

test('a run in which a server answers with 500 fails, although every test in it passes', () => {
  const caught = runFixture({});
  assert.equal(caught.status, 1, caught.stdout);
  assert.match(caught.stdout, /fail 0/);
  assert.match(caught.stderr, /^answered with 500: \{.*"method":"GET","target":"\/v1\/images\//m);
  const asked = runFixture({ WAYBILL_TEST_ASKS_FOR_500: 'true' });
  assert.equal(asked.status, 0, asked.stdout + asked.stderr);
});

test('processes that a test starts are watched too, and what they answer otherwise is not noted', () => {
  const answers = watchInternalAnswers(undefined);
  try {
    const program = `
      const http = require('node:http');
      const server = http.createServer((request, response) => { response.statusCode = Number(request.url.slice(1)); response.end(); });
      server.listen(0, '127.0.0.1', async () => {
        for (const status of [200, 503, 404, 500]) await (await fetch('http://127.0.0.1:' + server.address().port + '/' + status)).text();
        server.close();
      });`;
    const child = spawnSync(process.execPath, ['-e', program], { env: { ...process.env, ...answers.environment } });
    assert.equal(child.status, 0, String(child.stderr));
    assert.deepEqual(
      answers.found().map((line) => (JSON.parse(line) as { target: string }).target),
      ['/500'],
    );
  } finally {
    answers.cleanUp();
  }
});
