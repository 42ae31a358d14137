import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const MODULE = new URL('../../src/main/interruption.ts', import.meta.url).href;

/** A process whose stop would never end. */
async function startStuck(t: TestContext, options: string) {
  const program = `const { awaitInterruption } = await import('${MODULE}');
    awaitInterruption(${options}).came.then(() => console.log('came'));
    setInterval(() => undefined, 1000);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('signals do not end a stop, but a third Ctrl-C after five seconds does', { timeout: 30_000 }, async (t) => {
  const child = await startStuck(t, '');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGINT', 'SIGINT', 'SIGINT', 'SIGTERM'] as const) {
    child.kill(signal);
    await sleep(30);
  }
  await sleep(5_100);
  child.kill('SIGTERM');
  child.kill('SIGHUP');
  await sleep(200);
  assert.deepEqual([child.exitCode, child.signalCode], [null, null]);
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGINT']);
});

test('before signals count, the first has its usual effect', { timeout: 30_000 }, async (t) => {
  const child = await startStuck(t, '{ begun: false }');
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGTERM']);
});
