import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram } from '../../src/cli/program.ts';
import { DRILLS } from '../../src/main/drill/all-drills.ts';
import { addDrill } from '../../src/main/drill.ts';
import { makeScratchFolder } from './scratch-folder.ts';

async function run(...args: readonly string[]): Promise<{ readonly exit: number; readonly out: string }> {
  let out = '';
  const write = (text: string | Uint8Array) => {
    out += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
  };
  const world = { version: '0.0.0-test', environment: {}, home: '/nonexistent', now: () => new Date(), colour: false };
  const exit = await runProgram({ ...world, knownPrograms: [], write, note: () => undefined }, args, [addDrill]);
  return { exit, out };
}

test('drill --list names every drill, who must notice it and as what, and plays none', async () => {
  const { exit, out } = await run('drill', '--list', '--json');
  assert.equal(exit, 0);
  const { drills } = JSON.parse(out);
  assert.deepEqual(
    drills.map(({ id, expected }: { readonly id: string; readonly expected: unknown }) => ({ id, expected })),
    DRILLS.map(({ id, expected }) => ({ id, expected })),
  );
  const people = await run('drill', '--list', '--only', 'two-histories,edited-entry');
  assert.match(people.out, /edited-entry +service: head\/not-ours/);
  assert.doesNotMatch(people.out, /forged-tail/);
});

test('drill refuses a drill that there is none of (exit 2, cli/bad-argument)', async () => {
  const { exit, out } = await run('drill', '--only', 'edited-entry,nothing-of-the-kind', '--json');
  assert.deepEqual([exit, JSON.parse(out).error.code], [2, 'cli/bad-argument']);
});

test('drill leaves files in a folder of their own, and starts nothing where it cannot (exit 5, cli/unusable-file)', async () => {
  const scratch = makeScratchFolder();
  try {
    writeFileSync(join(scratch.path, 'there'), 'something of somebody’s');
    const { exit, out } = await run('drill', '--only', 'edited-entry', '--files', scratch.path, '--json');
    assert.deepEqual([exit, JSON.parse(out).error.code], [5, 'cli/unusable-file']);
  } finally {
    scratch.remove();
  }
});
