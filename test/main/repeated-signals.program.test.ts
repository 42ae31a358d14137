import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { serversOn } from '../../src/postgres/embedded/postmaster.ts';
import { makeFolder } from '../harness/embedded-folder.ts';
import { cluster, makeServiceFolder, untilNoServer } from '../harness/served.ts';
import { oldNode, withOldNode } from '../repo/old-node.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'waybill.js');
const START_MS_MAX = 60_000;

type Started = {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly exit: Promise<readonly [number | null, string | null]>;
  /** Sends a signal to every process of the group, as a terminal or a service manager does. */
  readonly toGroup: (signal: NodeJS.Signals) => void;
};

/** Starts a command as the leader of a process group of its own. */
function start(t: TestContext, node: string, folder: string, args: readonly string[]): Started {
  const {
    NODE_TEST_CONTEXT: _context,
    WAYBILL_TEST_POSTGRES: _server,
    DATABASE_URL: _one,
    DATABASE_OWNER_URL: _two,
    ...environment
  } = process.env;
  const child = spawn(node, [PROGRAM, ...args], {
    cwd: folder,
    env: { ...environment, WAYBILL_PORT: '0', WAYBILL_LOG_LEVEL: 'silent', TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stdout.on('data', (text) => (said += String(text)));
  child.stderr.on('data', (text) => (said += String(text)));
  const exit = once(child, 'close') as Promise<[number | null, string | null]>;
  const toGroup = (signal: NodeJS.Signals) => send(-(child.pid ?? 0), signal);
  t.after(() => child.exitCode === null && child.signalCode === null && toGroup('SIGKILL'));
  return { child, said: () => said, exit, toGroup };
}

/** Whoever is asked again while they stop may be gone by then. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function until(started: Started, holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    assert(waited < START_MS_MAX && started.child.exitCode === null, started.said());
    await sleep(20);
  }
}

const WAYS: readonly [string, (started: Started, service: number) => void][] = [
  ['SIGTERM to the whole group', ({ toGroup }) => toGroup('SIGTERM')],
  ['SIGHUP to the whole group', ({ toGroup }) => toGroup('SIGHUP')],
  [
    'SIGTERM twice to launcher and service',
    ({ child }, service) => {
      for (const pid of [child.pid ?? 0, service, child.pid ?? 0, service]) send(pid, 'SIGTERM');
    },
  ],
];

for (const [name, node, ways, options] of [
  ['this Node', process.execPath, WAYS.slice(0, 1), {}],
  ['an older Node', oldNode ?? '', WAYS, withOldNode],
] as const) {
  test(
    `a service that was started on ${name} stops in order, however often and to whom a signal is sent`,
    options,
    async (t) => {
      const folder = makeServiceFolder(t);
      for (const [way, ask] of ways) {
        const started = start(t, node, folder, ['serve']);
        await until(started, () => started.said().includes('Stop with Ctrl-C'));
        const service = Number(readFileSync(join(folder, 'data', 'pid'), 'utf8'));
        assert.equal(service === started.child.pid, node === process.execPath);
        ask(started, service);
        // And again, while it stops.
        await sleep(30);
        if (started.child.exitCode === null) ask(started, service);
        assert.deepEqual(await started.exit, [0, null], `${way}: ${started.said()}`);
        const left = readdirSync(join(folder, 'data')).filter((file) => ['pid', 'url', 'log-key'].includes(file));
        assert.deepEqual(left, [], way);
        assert.deepEqual(serversOn(cluster(folder)), [], `${way}: the database has stopped before the service`);
      }
      await untilNoServer(folder);
    },
  );
}

for (const [command, ready, signal] of [
  [['bench', '--quick', '--only', 'single-post-ratio'], /single posts:/, 'SIGTERM'],
  [['drill', '--only', 'edited-entry,deleted-entry'], undefined, 'SIGHUP'],
  [['demo', '--out', 'demo'], /log key/, 'SIGTERM'],
] as const) {
  test(`${command[0]} takes its folders away when ${signal} comes to the whole group, twice`, async (t) => {
    const folder = makeFolder(t);
    const started = start(t, oldNode ?? process.execPath, folder, command);
    const announced = () => readdirSync(folder).some((name) => existsSync(join(folder, name, 'data', 'pid')));
    await until(started, () => (ready === undefined ? announced() : ready.test(started.said())));
    started.toGroup(signal);
    await sleep(100);
    if (started.child.exitCode === null) started.toGroup(signal);
    assert.deepEqual(await started.exit, [1, null], started.said());
    assert.deepEqual(readdirSync(folder), [], started.said());
  });
}
