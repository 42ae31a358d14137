import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatSummary, readSummary } from '../../scripts/interop-summary.ts';
import { LONGEST, planTests, writeEntry } from '../../scripts/plan-tests.ts';
import { makeFolder } from '../harness/embedded-folder.ts';
import { repositoryRoot } from './scratch-repository.ts';

const SCRIPTS = join(import.meta.dirname, '../../scripts');

function run(script: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [join(SCRIPTS, script), ...args], { encoding: 'utf8' });
}

test('a test file that is not there fails a run of tests (1)', () => {
  for (const path of ['test/nowhere.test.ts', 'test/nowhere/*.test.ts']) {
    const ran = run('run-tests.ts', path);
    assert.deepEqual([ran.status, ran.stderr], [1, `no such test file: ${path}\n`]);
  }
});

test('a soak that there is none of, an option that there is none of, and a call for help print the usage (2)', () => {
  for (const args of [[], ['nowhere'], ['--help'], ['--sede', '1'], ['fuzz', '--share', '2']]) {
    const ran = run('run-soak.ts', ...args);
    assert.deepEqual([ran.status, ran.stderr.split(' ', 1)[0]], [2, 'usage:'], args.join(' '));
  }
});

test('a group of interoperability tests that there is none of prints the groups that there are (2)', () => {
  const ran = run('run-interop.ts', 'map', 'nowhere');
  assert.equal(ran.status, 2);
  assert.match(ran.stderr, /^no such group: nowhere\n.*\nGROUP: .*\bmap\b/);
});

test('interoperability tests end with what passed, failed and was skipped; a run that broke off has failed', () => {
  const printed = (pass: number, fail: number, cancelled: number, skipped: number) =>
    `✔ a test\nℹ tests 9\nℹ pass ${pass}\nℹ fail ${fail}\nℹ cancelled ${cancelled}\nℹ skipped ${skipped}\nℹ todo 0\n`;
  for (const [output, exit, line] of [
    [printed(12, 0, 0, 0), 0, '12 passed, 0 failed, 0 skipped'],
    [printed(12, 1, 2, 3), 1, '12 passed, 3 failed, 3 skipped'],
    [printed(12, 0, 0, 1), 1, '12 passed, 1 failed, 1 skipped'],
    ['', 1, '0 passed, 1 failed, 0 skipped'],
  ] as const)
    assert.equal(formatSummary(readSummary(output, exit)), line);
});

test('a whole run has every test file in exactly one process, and begins with the longest that there are', (t) => {
  const files = globSync('test/**/*.test.ts', { cwd: repositoryRoot }).sort();
  const plan = planTests(files);
  assert.deepEqual(plan.flatMap((each) => each.files).sort(), files);
  assert.deepEqual(
    plan.slice(0, LONGEST.length).map(({ name }) => name),
    LONGEST,
  );
  const folder = makeFolder(t);
  const entries = plan.map((each) => writeEntry(repositoryRoot, folder, each));
  const started = entries.map((entry) => (entry.startsWith(folder) ? readFileSync(entry, 'utf8') : entry)).join('\n');
  for (const file of files) assert.equal(started.split(join(repositoryRoot, file)).length, 2, file);
  assert(entries.every((entry) => existsSync(entry)));
});
