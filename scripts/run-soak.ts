/**
 * Runs one long suite: `npm run test:soak -- NAME [--seed N] [--share F]`. NAME is a file `test/soak/NAME.soak.ts`, which runs
 * for as long as its full bounds take; `--share 0.1` runs a tenth of them, as CI does. The seed is drawn and printed
 * where none is given, so that a failure can be run again. Starts one Postgres, unless TEST_DATABASE_URL or DATABASE_URL
 * names a server. Ends with one line of JSON for `docs/soak.md`: what ran, on which commit and machine, and for how
 * long. Exits as the suite does, or with 1 where a server answered with 500.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { watchInternalAnswers } from '../test/harness/internal-answers.ts';
import { readServerFromEnvironment, startTestServer, TEST_SERVER_VARIABLE } from '../test/harness/test-server.ts';

const root = join(import.meta.dirname, '..');

process.exitCode = await main();

async function main(): Promise<number> {
  const given = readArguments();
  const name = given?.positionals[0] ?? '';
  const file = join(root, 'test', 'soak', `${name}.soak.ts`);
  const share = Number(given?.values.share);
  const seed = Number(given?.values.seed ?? randomInt(2 ** 31));
  if (!/^[a-z-]+$/.test(name) || !existsSync(file) || !(share > 0 && share <= 1) || !Number.isSafeInteger(seed)) {
    const names = globSync('test/soak/*.soak.ts', { cwd: root }).map((path) => basename(path, '.soak.ts'));
    process.stderr.write(
      `usage: npm run test:soak -- NAME [--seed N] [--share 0.1]\nNAME: ${names.sort().join(', ')}\n`,
    );
    return 2;
  }
  process.stderr.write(`soak ${name}: seed ${seed}, share ${share}\n`);
  const fromEnvironment = await readServerFromEnvironment();
  const own = fromEnvironment === undefined ? await startTestServer() : undefined;
  const server = JSON.stringify(fromEnvironment ?? own);
  const answers = watchInternalAnswers();
  const started = performance.now();
  try {
    const ended = await run(file, seed, share, { ...answers.environment, [TEST_SERVER_VARIABLE]: server });
    const found = answers.found();
    for (const line of found) process.stderr.write(`answered with 500: ${line}\n`);
    const code = ended === 0 && found.length > 0 ? 1 : ended;
    const seconds = Math.round((performance.now() - started) / 1000);
    const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
    process.stdout.write(
      `${JSON.stringify({ soak: name, passed: code === 0, seed, share, seconds, commit: commit(), machine })}\n`,
    );
    return code;
  } finally {
    answers.cleanUp();
    await own?.stop();
  }
}

/** Undefined where the command line has an option that there is none of. */
function readArguments() {
  try {
    const options = { seed: { type: 'string' }, share: { type: 'string', default: '1' } } as const;
    return parseArgs({ allowPositionals: true, options });
  } catch {
    return undefined;
  }
}

function run(file: string, seed: number, share: number, environment: NodeJS.ProcessEnv): Promise<number> {
  const suite = spawn(process.execPath, ['--test', '--test-reporter=spec', file], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...environment,
      WAYBILL_SOAK_SEED: String(seed),
      WAYBILL_SOAK_SHARE: String(share),
    },
  });
  // Ctrl-C reaches the suite as well; this process waits for it, so that it can stop the server afterwards.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => suite.kill('SIGTERM'));
  return new Promise((resolve) => {
    suite.once('exit', (code) => resolve(code ?? 1));
  });
}

/** The commit that was run, with a mark where the checkout differs from it; `unknown` outside of a repository. */
function commit(): string {
  try {
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}
