import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTours } from './tours.ts';

/** A curl that answers what the test says: its arguments are read for `-o` alone. */
const CURL = `#!/bin/sh
while [ "$1" != -o ]; do shift; done
printf '%s' "$ANSWER" > "$2"
exit "$CURL_EXIT"
`;
const RECORDED = '{"line":1,"receipt":{}}\n';
const REFUSED = '{"line":2,"problem":{"code":"auth/stage-out-of-scope"}}\n';

test('the batch of the pipeline guide ends with 0 only where every line has its receipt', { skip: lacksJq() }, (t) => {
  const script = readTours('docs/guides/pipeline.md').get('batch');
  assert(script !== undefined);
  const folder = mkdtempSync(join(tmpdir(), 'waybill-batch-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'curl'), CURL, { mode: 0o755 });
  const run = (answer: string, exit: number) => {
    const env = { PATH: `${folder}:${process.env.PATH}`, ANSWER: answer, CURL_EXIT: String(exit) };
    return spawnSync('bash', ['--norc', '-c', script], { cwd: folder, env, encoding: 'utf8' });
  };
  const nothing = run(RECORDED, 0);
  assert.deepEqual(
    [nothing.status, nothing.stdout, nothing.stderr],
    [1, '', 'no *.dsse.json in this folder: nothing was sent\n'],
  );
  for (const name of ['a', 'b']) writeFileSync(join(folder, `${name}.dsse.json`), '{"payloadType":"x"}');
  assert.equal(run(RECORDED + RECORDED, 0).status, 0);
  assert(readdirSync(folder).includes('batch.answers.jsonl'));
  const refused = run(RECORDED + REFUSED, 0);
  const told = 'not each line is recorded:\n';
  assert.deepEqual([refused.status, refused.stderr], [1, `${told}2: auth/stage-out-of-scope\n`]);
  for (const [answer, exit, reason] of [
    [RECORDED, 0, ''],
    ['{"status":401,"code":"auth/token-unknown"}\n', 22, 'auth/token-unknown\n'],
    ['', 7, ''],
    [`${RECORDED}{"line":2,"rec\n`, 0, ''],
    [RECORDED + RECORDED, 18, ''],
  ] as const) {
    const { status, stderr } = run(answer, exit);
    assert.deepEqual([status, stderr], [1, told + reason], answer);
  }
});

function lacksJq(): string | false {
  return spawnSync('jq', ['--version']).status === 0 ? false : 'jq is not installed';
}
