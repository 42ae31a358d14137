import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInterpreter, skipWithoutPython } from '../second-implementation/second-verifier.ts';
import { announcedFailures, type Block, beginsAfter, readBlocks } from './guide-blocks.ts';
import { makeCheckout, readTours, removeCheckout, runInBash, type Shell } from './tours.ts';

/** A guide that was run: what it said, and the checkout that it left. */
export type GuideRun = {
  readonly folder: string;
  readonly output: string;
  /** What a block said, by a piece of its text that no other block has. */
  readonly outputOf: (piece: string) => string;
  readonly read: (file: string) => string;
  /** More commands in the same checkout, in a shell of their own. */
  readonly run: (commands: string) => Promise<Shell>;
};

const NEEDED = ['git', 'jq', 'openssl', 'curl'];

/** Programs that guides use and this machine lacks; false where it lacks none. */
export function lacksPrograms(): string | false {
  const lacking = NEEDED.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  return lacking.length === 0 ? skipWithoutPython() : `${lacking.join(', ')} not installed`;
}

/**
 * Runs every block of commands of a guide as it stands there, in order and in one shell, in a fresh checkout, after what the
 * guide says it begins after. Each must have run to its end, and no command may have failed but those that say so.
 */
export async function runGuide(page: string, use: (run: GuideRun) => Promise<void>): Promise<void> {
  const blocks = readBlocks(page).filter(isDone);
  const folder = makeCheckout();
  try {
    beginHistory(folder);
    takePython(folder);
    const script = ['exec 2>&1', before(page), 'rm -f "$HOME/../failures"', ...blocks.map(piece)].join('\n');
    const { output, failed } = await runInBash(folder, script, 'script');
    const [, ...said] = output.split(/^block \d+\n/m);
    const ran = existsSync(join(folder, 'home/ran')) ? readFileSync(join(folder, 'home/ran'), 'utf8') : '';
    assert.equal(ran, blocks.map(({ line }) => `${line}\n`).join(''), `${page}: not every block ran\n${output}`);
    assert.deepEqual(failed, blocks.flatMap(announcedFailures), `${page}\n${output}`);
    await use({
      folder,
      output,
      outputOf: (part) => {
        const found = blocks.flatMap(({ text }, index) => (text.includes(part) ? [said[index] ?? ''] : []));
        assert.equal(found.length, 1, `${found.length} blocks of ${page} have: ${part}`);
        return found[0] ?? '';
      },
      read: (file) => readFileSync(join(folder, file), 'utf8'),
      run: (commands) => runInBash(folder, commands, 'script'),
    });
  } finally {
    await removeCheckout(folder);
  }
}

function isDone({ language, mark }: Block): boolean {
  return (language === 'sh' && mark?.says !== 'not run') || mark?.says === 'file';
}

/** A block as a piece of the script: what it says is behind a line of its own, and that it came to its end is written down. */
function piece({ language, line, mark, text }: Block): string {
  const commands =
    mark?.says === 'file' && language !== 'sh' ? `cat > ${mark.what} <<'END_OF_BLOCK'\n${text}\nEND_OF_BLOCK` : text;
  return `echo; echo 'block ${line}'\n${commands}\necho ${line} >> "$HOME/ran"`;
}

function before(page: string): string {
  const tours = readTours();
  return beginsAfter(page)
    .map((name) => {
      const commands = tours.get(name);
      assert(commands !== undefined, `${page} begins after a tour "${name}", which the README does not have`);
      return commands;
    })
    .join('\n');
}

/** Of several, the one that has the package which a guide names. */
function takePython(folder: string): void {
  const asked = spawnSync(findInterpreter() ?? '', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  writeFileSync(join(folder, 'programs/python3'), `#!/bin/sh\nexec ${asked.stdout.trim()} "$@"\n`, { mode: 0o755 });
}

/** A clone has commits; what is not of the clone is not asked for. */
function beginHistory(folder: string): void {
  const git = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };
  git('init', '--quiet');
  const nobody = ['-c', 'user.name=nobody', '-c', 'user.email=nobody@example.com'];
  git(...nobody, 'commit', '--quiet', '--allow-empty', '--message', 'begin');
}
