/**
 * Runs the tests against other people's tools and servers: `npm run test:interop [-- GROUP…]`. A GROUP is a file
 * `test/interop/GROUP.test.ts`; without any, all of them. A test whose tool is not there is skipped and says so; with
 * CI=true it fails. The last line is `N passed, N failed, N skipped`. Exits 0 where nothing failed, with 2 for a group that is not there.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { formatSummary, readSummary } from './interop-summary.ts';

const root = join(import.meta.dirname, '..');
const groups = globSync('test/interop/*.test.ts', { cwd: root })
  .map((path) => basename(path, '.test.ts'))
  .sort();

process.exitCode = await main(process.argv.slice(2));

async function main(asked: readonly string[]): Promise<number> {
  const unknown = asked.filter((group) => !groups.includes(group));
  if (unknown.length > 0) {
    process.stderr.write(
      `no such group: ${unknown.join(', ')}\nusage: npm run test:interop -- [GROUP…]\nGROUP: ${groups.join(', ')}\n`,
    );
    return 2;
  }
  const files = (asked.length > 0 ? asked : groups).map((group) => `test/interop/${group}.test.ts`);
  const { output, code } = await runTests(files);
  const summary = readSummary(output, code);
  process.stdout.write(`${formatSummary(summary)}\n`);
  return summary.failed === 0 ? 0 : 1;
}

/** Shows the output as it comes, and keeps it. */
function runTests(files: readonly string[]): Promise<{ readonly output: string; readonly code: number }> {
  const tests = spawn(process.execPath, ['scripts/run-tests.ts', '--test-reporter=spec', ...files], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  tests.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    process.stdout.write(chunk);
  });
  // Ctrl-C reaches the tests as well; this process waits for them.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => tests.kill('SIGTERM'));
  return new Promise((resolve) => {
    tests.once('close', (code) => resolve({ output: Buffer.concat(chunks).toString('utf8'), code: code ?? 1 }));
  });
}
