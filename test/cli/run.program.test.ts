import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine } from './run-cli.ts';

const ROOT = join(import.meta.dirname, '../..');
const LAYOUT = join(ROOT, 'examples', 'image-layout');
const DIGEST = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
const COMMIT = '5b'.repeat(20);
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

describe('runs on the command line', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  const environment = () => ({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });

  before(async () => {
    service = await openHttpService();
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
  });

  /** The program as a process of its own, so that signals and exit codes are those of the real one. */
  function start(...args: readonly string[]) {
    const home = mkdtempSync(join(tmpdir(), 'waybill-run-'));
    const child = spawn(process.execPath, [join(ROOT, 'bin/waybill.js'), ...args], {
      env: { ...process.env, ...environment(), HOME: home, XDG_STATE_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const parts: { out: string[]; err: string[] } = { out: [], err: [] };
    child.stdout.on('data', (part) => parts.out.push(String(part)));
    child.stderr.on('data', (part) => parts.err.push(String(part)));
    const ended = new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>(
      (resolve) => {
        child.on('close', (code) => resolve({ code, out: parts.out.join(''), err: parts.err.join('') }));
      },
    );
    return { child, ended, errors: parts.err };
  }

  const exec = (commit: string, ...command: readonly string[]) =>
    start('run', 'exec', '-r', 'shop/api', '--commit', commit, '--', ...command);

  async function stateOf(commit: string): Promise<unknown> {
    const { out } = await openMachine(environment()).run('run', 'list', '--commit', commit, '--json');
    const [run] = json(out).items as { readonly state: string }[];
    return run?.state;
  }

  test('are opened, named by the environment, listed, shown and closed', async () => {
    const machine = openMachine(environment());
    const opened = await machine.run(
      'run',
      'open',
      '-q',
      '-r',
      'shop/api',
      '--commit',
      COMMIT,
      '--idempotency-key',
      'job-1',
    );
    assert.equal(opened.exit, 0, opened.err);
    const run = opened.out.trim();
    assert.match(run, /^r-[a-z2-7]{26}$/);
    const again = await machine.run(
      'run',
      'open',
      '-q',
      '-r',
      'shop/api',
      '--commit',
      COMMIT,
      '--idempotency-key',
      'job-1',
    );
    assert.equal(again.out, opened.out);
    const within = openMachine({ ...environment(), WAYBILL_RUN: run });
    const signed = await within.run('sign', LAYOUT, '-r', 'shop/api', '--json');
    assert.equal(json(signed.out).run, run, signed.err);
    const file = join(machine.home, 'lint.sarif');
    writeFileSync(file, JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'l' } }, results: [] }] }));
    const attested = await within.run('attest', `gitCommit:${COMMIT}`, file, '-s', 'lint', '-r', 'shop/api', '--json');
    assert.equal(json(attested.out).run, run, attested.err);
    const outside = await within.run('attest', DIGEST, file, '-s', 'lint', '-r', 'shop/api', '--no-run', '--json');
    assert.equal(json(outside.out).run, undefined);
    const shown = await machine.run('run', 'show', run);
    assert.match(shown.out, /attempt\s+1\n\s+state\s+open/);
    const closed = await machine.run('run', 'close', run, '--outcome', 'succeeded');
    assert.match(closed.out, /^closed run r-\S+ as succeeded/);
    const late = await within.run('attest', DIGEST, file, '-s', 'lint2', '-r', 'shop/api', '--json');
    assert.equal(errorCode(late), 'run/ended');
    const verified = await machine.run('verify', DIGEST, '--repository', 'shop/api');
    assert.match(verified.out, /5b5b5b5b5b5b\s+1\s+succeeded.*of this image/);
    const wrong = await machine.run('run', 'close', run, '--outcome', 'expired', '--json');
    assert.equal(`${wrong.exit} ${errorCode(wrong)}`, '2 cli/bad-argument');
    const unknown = await machine.run('run', 'show', 'r-none', '--json');
    assert.equal(`${unknown.exit} ${errorCode(unknown)}`, '3 run/unknown');
    // The command line has no hint of its own for it: the service's remedy is shown.
    assert.match((await machine.run('run', 'show', 'r-none')).err, /^hint: {2}.*waybill run list/m);
  });

  test('a command runs in a run of its own, whose outcome and exit code are those of the command', async () => {
    const good = await exec('01'.repeat(20), 'sh', '-c', 'echo "in $WAYBILL_RUN"').ended;
    assert.equal(good.code, 0, good.err);
    assert.match(good.out, /^in r-[a-z2-7]{26}\n$/);
    assert.match(good.err, /opened, attempt 1\n[\s\S]*closed as succeeded/);
    assert.equal(await stateOf('01'.repeat(20)), 'succeeded');
    const bad = await exec('02'.repeat(20), 'sh', '-c', 'exit 7').ended;
    assert.equal(bad.code, 7, bad.err);
    assert.equal(await stateOf('02'.repeat(20)), 'failed');
    const none = await exec('03'.repeat(20), 'no-such-command-here').ended;
    assert.equal(none.code, 127);
    assert.equal(await stateOf('03'.repeat(20)), 'failed');
    const killed = await exec('04'.repeat(20), 'sh', '-c', 'kill -9 $$').ended;
    assert.equal(killed.code, 137);
    assert.equal(await stateOf('04'.repeat(20)), 'failed');
  });

  test('a signal is handed on, the run is closed as cancelled, and nothing is run where no run can be opened', async () => {
    const { child, ended, errors } = exec(
      '05'.repeat(20),
      'sh',
      '-c',
      'trap "exit 3" TERM; while :; do sleep 0.05; done',
    );
    while (!errors.join('').includes('opened')) await new Promise((resume) => setTimeout(resume, 20));
    await new Promise((resume) => setTimeout(resume, 300));
    child.kill('SIGTERM');
    const result = await ended;
    assert.equal(result.code, 3, result.err);
    assert.match(result.err, /closed as cancelled/);
    assert.equal(await stateOf('05'.repeat(20)), 'cancelled');
    const refused = await start('run', 'exec', '-r', 'shop/api', '--commit', 'main', '--', 'echo', 'ran').ended;
    assert.equal(`${refused.code} ${refused.out}`, '2 ');
  });
});
