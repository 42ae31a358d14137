import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

const TOUR = /<!-- tour: ([a-z ]+) -->\n```sh\n([\s\S]*?)```/g;

/** A page's blocks that are marked as parts of a tour, exactly as they stand there. */
export function readTours(page = 'README.md'): ReadonlyMap<string, string> {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return new Map([...text.matchAll(TOUR)].map(([, name = '', commands = '']) => [name, commands]));
}

/** What a fresh clone holds that a tour needs; the installed packages are linked, which stands for `npm ci`. */
export function makeCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-readme-'));
  // For root: so that the database lies in it, and not where every other clone's does.
  chmodSync(folder, 0o711);
  const parts = [
    'bin',
    'src',
    'scripts',
    'migrations',
    'examples',
    'package.json',
    'dist/web',
    'test/second-implementation',
  ];
  for (const part of parts) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'home'));
  mkdirSync(join(folder, 'programs'));
  writeFileSync(join(folder, 'programs', 'npx'), NPX, { mode: 0o755 });
  return folder;
}

/** The first call in a shell is npx's own; the next ones go straight to what it found, without its half second each. */
const NPX = `#!/bin/sh
if [ "$1" = waybill ] && [ -e "$HOME/npx-was-asked" ]; then
  shift
  exec node "$HOME/../bin/waybill.js" "$@"
fi
: >"$HOME/npx-was-asked"
PATH=\${PATH#*:} exec npx "$@"
`;

export async function removeCheckout(folder: string): Promise<void> {
  const pid = join(folder, 'data/pid');
  if (existsSync(pid)) {
    process.kill(Number(readFileSync(pid, 'utf8')), 'SIGTERM');
    for (let tries = 0; existsSync(pid) && tries < 100; tries += 1) await new Promise((done) => setTimeout(done, 100));
  }
  // As root the data lies elsewhere, behind a link.
  const data = join(folder, 'data/postgres');
  if (existsSync(data)) rmSync(realpathSync(data), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

export type Shell = {
  readonly output: string;
  /** `<exit code> <command>` of each command that failed and that nothing in the text allowed for. */
  readonly failed: readonly string[];
};

/**
 * Runs commands in a bash without any settings: `script` reads them from a file, `pasted` has an interactive shell read
 * them from its standard input, where a program that reads its own would swallow the rest. `npm ci` is passed over.
 */
export async function runInBash(folder: string, commands: string, how: 'script' | 'pasted'): Promise<Shell> {
  const failures = join(folder, 'failures');
  rmSync(failures, { force: true });
  const before = [
    'npm() { [ "$1" = ci ] || command npm "$@"; }',
    `trap 'printf "%s %s\\n" "$?" "$BASH_COMMAND" >> "${failures}"' ERR`,
    '',
  ].join('\n');
  rmSync(join(folder, 'home', 'npx-was-asked'), { force: true });
  const script = join(folder, 'tour.sh');
  writeFileSync(script, `${before}${commands}\nexit 0\n`);
  const output = await capture(
    folder,
    how === 'script' ? [script] : ['-i'],
    how === 'script' ? '' : readFileSync(script),
  );
  const failed = existsSync(failures) ? readFileSync(failures, 'utf8').trimEnd().split('\n') : [];
  return { output, failed };
}

function capture(folder: string, options: readonly string[], input: string | Uint8Array): Promise<string> {
  const own = /^(?:WAYBILL_|DATABASE_|TEST_DATABASE_|BASH_ENV|PS1|NODE_TEST_CONTEXT|npm_config_(?!.*registry))/;
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
  const child = spawn('bash', ['--norc', '--noprofile', ...options], {
    cwd: folder,
    env: {
      ...environment,
      PATH: `${join(folder, 'programs')}:${environment.PATH}`,
      HOME: join(folder, 'home'),
      XDG_STATE_HOME: join(folder, 'home/state'),
      npm_config_update_notifier: 'false',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (text) => (output += String(text)));
  child.stderr.on('data', (text) => (output += String(text)));
  child.stdin.end(input);
  // "exit", not "close": the service stays behind where a tour does not stop it.
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve(output));
  });
}
