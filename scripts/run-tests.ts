/**
 * Runs the tests: `npm test [-- options and files]`. Without files, every `test/**` + `/*.test.ts` except those that need
 * a browser and those that need other programs (`test/interop`); `--browser` runs just the browser tests. Anything
 * else on the command line goes to `node --test` (an option and its value joined by `=`). Starts one Postgres for the whole run, unless TEST_DATABASE_URL or
 * DATABASE_URL names a server. Exits as `node --test` does.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readServerFromEnvironment, startTestServer, TEST_SERVER_VARIABLE } from '../test/harness/test-server.ts';

const root = join(import.meta.dirname, '..');
const given = process.argv.slice(2);
const isBrowserRun = given.includes('--browser');
const options = given.filter((argument) => argument.startsWith('--') && argument !== '--browser');
const files = given.filter((argument) => !argument.startsWith('--'));

process.exitCode = await main();

async function main(): Promise<number> {
  const chosen = files.length > 0 ? files : findTests();
  if (chosen.length === 0) {
    process.stderr.write('no test file found\n');
    return 1;
  }
  const fromEnvironment = await readServerFromEnvironment();
  const own = fromEnvironment === undefined ? await startTestServer() : undefined;
  try {
    return await runNode(chosen, JSON.stringify(fromEnvironment ?? own));
  } finally {
    await own?.stop();
  }
}

function findTests(): readonly string[] {
  const all = globSync('test/**/*.test.ts', { cwd: root }).sort();
  return all.filter((path) => path.endsWith('.browser.test.ts') === isBrowserRun && !path.startsWith('test/interop/'));
}

function runNode(paths: readonly string[], server: string): Promise<number> {
  const concurrency = `--test-concurrency=${availableParallelism()}`;
  const tests = spawn(process.execPath, ['--test', concurrency, ...options, ...paths], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, [TEST_SERVER_VARIABLE]: server },
  });
  // Ctrl-C reaches the tests as well; this process waits for them, so that it can stop the server afterwards.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => tests.kill('SIGTERM'));
  return new Promise((resolve) => {
    tests.once('exit', (code) => resolve(code ?? 1));
  });
}
