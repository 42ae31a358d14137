import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../src/main/demo/verify-offline.ts';
import type { DrillResult } from '../../src/main/drill/run-drills.ts';
import type { FileIndex } from '../../src/main/drill/write-files.ts';

/** What `waybill drill` came to. */
export type DrillRun = {
  readonly exit: number | null;
  readonly drills: readonly DrillResult[];
  readonly output: string;
};

/** Runs `waybill drill --json` as a process of its own, with a Postgres of its own. */
export async function runWaybillDrill(folder: string, args: readonly string[]): Promise<DrillRun> {
  const { NODE_TEST_CONTEXT: _context, WAYBILL_TEST_POSTGRES: _server, DATABASE_URL: _url, ...env } = process.env;
  const program = join(PACKAGE_FOLDER, 'bin', 'waybill.js');
  const child = spawn(process.execPath, [program, 'drill', '--json', ...args], {
    cwd: folder,
    env: { ...env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, notes] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    notes += chunk.toString('utf8');
  });
  const [exit] = (await once(child, 'close')) as [number | null];
  assert.equal(output.trimEnd().split('\n').length, 1, `exactly one object is printed:\n${output}${notes}`);
  const { drills } = JSON.parse(output) as { readonly drills?: readonly DrillResult[] };
  assert(drills !== undefined, output + notes);
  return { exit, drills, output };
}

/** The index of a folder that `--files` left. */
export function readIndex(folder: string): FileIndex {
  return JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as FileIndex;
}
