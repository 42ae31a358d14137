/**
 * Runs the tests: `npm test [-- options and files]`. Without files, every `test/**` + `/*.test.ts` except those that need
 * a browser, those that need other programs (`test/interop`), and those that watch whole programs from start to end and take
 * long; `--browser` runs just the first of these, `--programs` just the last. Anything
 * else on the command line goes to `node --test` (an option and its value joined by `=`). Starts one Postgres for the whole run, unless TEST_DATABASE_URL or
 * DATABASE_URL names a server. What the tests write lies in memory where there is room. Exits as `node --test` does, or
 * with 1 where a server of ours answered a request with 500 that did not ask for it. TEST_SEED=NUMBER makes every property draw the same inputs.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { watchInternalAnswers } from '../test/harness/internal-answers.ts';
import { makeRunFolder } from '../test/harness/run-folder.ts';
import { readServerFromEnvironment, startTestServer, TEST_SERVER_VARIABLE } from '../test/harness/test-server.ts';
import { planTests, writeEntry } from './plan-tests.ts';

const root = join(import.meta.dirname, '..');
/** What each process of the run loads before its tests. */
const PRELOADED = ['--import', pathToFileURL(join(root, 'test', 'harness', 'property-seed.ts')).href];
const given = process.argv.slice(2);
/** Tests that have a run of their own, by the option that asks for it and by how their names end. */
const GROUPS = [
  ['--browser', '.browser.test.ts'],
  ['--programs', '.program.test.ts'],
] as const;
const group = GROUPS.find(([option]) => given.includes(option));
const options = given.filter((argument) => argument.startsWith('--') && argument !== group?.[0]);
const files = given.filter((argument) => !argument.startsWith('--'));

process.exitCode = await main();

async function main(): Promise<number> {
  const chosen = files.length > 0 ? files : findTests();
  if (chosen.length === 0) {
    process.stderr.write('no test file found\n');
    return 1;
  }
  // `node --test` passes where it finds nothing to run, a misspelt name among others.
  const missing = chosen.filter(
    (path) => !existsSync(resolve(root, path)) && globSync(path, { cwd: root }).length === 0,
  );
  if (missing.length > 0) {
    process.stderr.write(`no such test file: ${missing.join(', ')}\n`);
    return 1;
  }
  forgetSettings();
  const folder = makeRunFolder();
  Object.assign(process.env, folder.environment);
  const fromEnvironment = await readServerFromEnvironment();
  const own = fromEnvironment === undefined ? await startTestServer() : undefined;
  const answers = watchInternalAnswers();
  Object.assign(process.env, answers.environment, { [TEST_SERVER_VARIABLE]: JSON.stringify(fromEnvironment ?? own) });
  try {
    const isWhole = given.length === 0;
    const code = isWhole ? await runWhole(chosen, join(folder.path, 'plan')) : await runNode(chosen);
    const found = answers.found();
    for (const line of found) process.stderr.write(`answered with 500: ${line}\n`);
    return code === 0 && found.length > 0 ? 1 : code;
  } finally {
    answers.cleanUp();
    await own?.stop();
    folder.remove();
  }
}

/** A shell that went through the tour of the README has set address, token and log key, which are no business of tests. */
function forgetSettings(): void {
  for (const name of Object.keys(process.env)) if (/^WAYBILL_(?!TEST_|SOAK_)/.test(name)) delete process.env[name];
}

function findTests(): readonly string[] {
  const all = globSync('test/**/*.test.ts', { cwd: root }).sort();
  if (group !== undefined) return all.filter((path) => path.endsWith(group[1]));
  return all.filter((path) => !GROUPS.some(([, end]) => path.endsWith(end)) && !path.startsWith('test/interop/'));
}

/** Everything, in the processes and the order of the plan. */
async function runWhole(paths: readonly string[], folder: string): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
  const entries = planTests(paths).map((each) => writeEntry(root, folder, each));
  // One more than there are cores: several tests wait, for a timeout to pass or a slow client to be sent away.
  const concurrency = availableParallelism() + 1;
  const tests = run({ files: entries, concurrency, signal: stop.signal, cwd: root, execArgv: PRELOADED });
  let code = 0;
  tests.on('test:fail', ({ todo }) => {
    if (todo === undefined || todo === false) code = 1;
  });
  await pipeline(tests, spec(), process.stdout, { end: false });
  return stop.signal.aborted ? 1 : code;
}

function runNode(paths: readonly string[]): Promise<number> {
  const concurrency = `--test-concurrency=${availableParallelism()}`;
  const tests = spawn(process.execPath, [...PRELOADED, '--test', concurrency, ...options, ...paths], {
    cwd: root,
    stdio: 'inherit',
  });
  // Ctrl-C reaches the tests as well; this process waits for them, so that it can stop the server afterwards.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => tests.kill('SIGTERM'));
  return new Promise((resolve) => {
    tests.once('exit', (code) => resolve(code ?? 1));
  });
}
