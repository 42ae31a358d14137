import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { oldNode, withOldNode } from './old-node.ts';
import { plant, repositoryRoot } from './scratch-repository.ts';

const EXIT_NO_RUNTIME = 69;
const runtimePackage = `node-${process.platform}-${process.arch}`;

/** An installed package as npm leaves it: launcher and compiled program below `node_modules`, the runtime hoisted. */
function installedPackage(t: TestContext, program: string, runtime = true): string {
  const root = mkdtempSync(path.join(tmpdir(), 'waybill-launcher-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = path.join(root, 'node_modules/waybill');
  mkdirSync(path.join(folder, 'bin'), { recursive: true });
  cpSync(path.join(repositoryRoot, 'bin/waybill.js'), path.join(folder, 'bin/waybill.js'));
  plant(folder, 'package.json', '{ "type": "module" }');
  plant(folder, 'dist/main/cli.js', program);
  plant(folder, 'src/main/cli.ts', 'throw new Error("source below node_modules was run");');
  if (runtime) {
    symlinkSync(
      path.join(repositoryRoot, 'node_modules', runtimePackage),
      path.join(root, 'node_modules', runtimePackage),
    );
  }
  mkdirSync(path.join(root, 'node_modules/.bin'));
  symlinkSync('../waybill/bin/waybill.js', path.join(root, 'node_modules/.bin/waybill'));
  return path.join(root, 'node_modules/.bin/waybill');
}

function run(node: string, launcher: string, args: readonly string[] = [], input = '') {
  return spawnSync(node, [launcher, ...args], { encoding: 'utf8', input });
}

const ECHO = `
  let input = '';
  for await (const chunk of process.stdin) input += chunk;
  console.log(JSON.stringify({ recent: Number(process.versions.node.split('.')[0]) >= 24, args: process.argv.slice(2), input,
    relaunched: process.env.WAYBILL_RELAUNCHED }));
  console.error('on the other stream');
  process.exitCode = 7;
`;

for (const [name, node, options] of [
  ['this Node', process.execPath, {}],
  ['an older Node', oldNode ?? '', withOldNode],
] as const) {
  test(`on ${name} runs the compiled program with its arguments, streams and exit code`, options, (t) => {
    const { stdout, stderr, status } = run(node, installedPackage(t, ECHO), ['verify', '--json', 'a b'], 'from stdin');
    assert.deepEqual(JSON.parse(stdout), { recent: true, args: ['verify', '--json', 'a b'], input: 'from stdin' });
    assert.equal(stderr, 'on the other stream\n');
    assert.equal(status, 7);
  });

  test(`on ${name} runs the source of a checkout`, options, () => {
    const { stdout, status } = run(node, path.join(repositoryRoot, 'bin/waybill.js'), ['--version']);
    assert.match(stdout, /^\d+\.\d+\.\d+/);
    assert.equal(status, 0);
  });
}

test('says in one line which runtime is missing', withOldNode, (t) => {
  const { stderr, status } = run(oldNode ?? '', installedPackage(t, ECHO, false));
  assert.match(
    stderr,
    new RegExp(`^waybill: needs Node 24\\.15 or newer, found [\\d.]+, [^\\n]*"${runtimePackage}"[^\\n]*\\n$`),
  );
  assert.equal(status, EXIT_NO_RUNTIME);
});

test('says in one line that the compiled program is missing', (t) => {
  const launcher = installedPackage(t, ECHO);
  rmSync(path.join(path.dirname(realpathSync(launcher)), '../dist'), { recursive: true });
  const { stderr, status } = run(process.execPath, launcher);
  assert.match(stderr, /^waybill: the compiled program is missing [^\n]*\n$/);
  assert.equal(status, EXIT_NO_RUNTIME);
});

const WAIT = `
  process.on('SIGTERM', () => { console.log('asked to end'); process.exit(3); });
  setInterval(() => undefined, 1000);
  console.log(process.pid);
`;

async function startWaiting(t: TestContext, program: string): Promise<{ launcher: ChildProcess; pid: number }> {
  const launcher = spawn(oldNode ?? '', [installedPackage(t, program)], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => launcher.kill('SIGKILL'));
  const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
  return { launcher, pid: Number(line.toString()) };
}

test('hands a signal on and ends with the exit code of the program', withOldNode, async (t) => {
  const { launcher, pid } = await startWaiting(t, WAIT);
  assert.notEqual(pid, launcher.pid);
  launcher.kill('SIGTERM');
  assert.deepEqual(await once(launcher, 'exit'), [3, null]);
});

test('ends by the signal that ended the program', withOldNode, async (t) => {
  const { launcher } = await startWaiting(t, 'setInterval(() => undefined, 1000);\nconsole.log(process.pid);\n');
  launcher.kill('SIGTERM');
  assert.deepEqual(await once(launcher, 'exit'), [null, 'SIGTERM']);
});

const STOP_IN_ORDER = `
  let asked = 0;
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => {
    asked += 1;
    if (asked === 1) setTimeout(() => process.exit(asked), 1_000);
  });
  setInterval(() => undefined, 1000);
  console.log(process.pid);
`;

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  test(
    `waits for the program when ${signal} goes to the whole group, which the program hears more than once`,
    withOldNode,
    async (t) => {
      const launcher = spawn(oldNode ?? '', [installedPackage(t, STOP_IN_ORDER)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      });
      t.after(() => launcher.kill('SIGKILL'));
      // From the beginning: on a busy machine it may have ended before the second signal.
      const exit = once(launcher, 'exit');
      await once(launcher.stdout, 'data');
      process.kill(-(launcher.pid ?? 0), signal);
      await delay(100);
      if (launcher.exitCode === null) process.kill(-(launcher.pid ?? 0), signal);
      const [code, endedBy] = await exit;
      assert.equal(endedBy, null);
      assert(Number(code) >= 2, `heard ${code} times`);
    },
  );
}

test('leaves no process behind when the launcher is killed outright', withOldNode, async (t) => {
  const { launcher, pid } = await startWaiting(t, WAIT);
  launcher.kill('SIGKILL');
  for (let waitedMs = 0; isAlive(pid) && waitedMs < 5000; waitedMs += 50) await delay(50);
  assert.equal(isAlive(pid), false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
