import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** The repository under test. */
export const repositoryRoot: string = path.resolve(import.meta.dirname, '../..');

const CONFIGURATION = ['package-lock.json', 'biome.json', 'knip.json', 'tsconfig.json'];
const PROJECTS = ['tsconfig.base.json', 'src/tsconfig.json', 'src/package.json', 'src/core/tsconfig.json'];
const LEAVES = [
  'src/report/tsconfig.json',
  'src/web/tsconfig.json',
  'test/tsconfig.json',
  'src/core/platform.d.ts',
  '.gitignore',
];

/**
 * A folder with this repository's configuration, its installed packages, and a few lines of sound source, gone when the
 * test ends: what is planted there breaks nobody else, and what others break here is not found there.
 */
export function scratchRepository(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(path.join(tmpdir(), 'waybill-repo-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const file of [...CONFIGURATION, ...PROJECTS, ...LEAVES]) {
    cpSync(path.join(repositoryRoot, file), path.join(root, file));
  }
  symlinkSync(path.join(repositoryRoot, 'node_modules'), path.join(root, 'node_modules'));
  for (const [file, text] of Object.entries({ ...SOUND, ...files })) plant(root, file, text);
  return root;
}

/** Writes one file below the scratch folder. */
export function plant(root: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

/** Runs one step of `npm run check` on a folder; `output` is all that it printed. */
export function runCheck(root: string, step: string): { readonly passed: boolean; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(repositoryRoot, 'scripts/check.ts'), step, `--root=${root}`],
    { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  return { passed: status === 0, output: stdout + stderr };
}

const SOUND: Readonly<Record<string, string>> = {
  'src/core/sum.ts':
    '/** The sum of two integers. */\nexport function sum(a: number, b: number): number {\n  return a + b;\n}\n',
  'src/report/page.ts':
    "import { sum } from '../core/sum.ts';\n\n/** A page. */\nexport const page: string = String(sum(2, 2));\n",
  'src/main/cli.ts':
    "import { sum } from '../core/sum.ts';\nimport { page } from '../report/page.ts';\n\nprocess.exitCode = sum(0, page.length - 1);\n",
  'src/web/page.ts': "import { sum } from '../core/sum.ts';\n\ndocument.title = String(sum(1, 1));\n",
  'test/core/sum.test.ts':
    "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n" +
    "import { sum } from '../../src/core/sum.ts';\n\n" +
    "test('adds', () => {\n  assert.equal(sum(1, 2), 3);\n});\n",
  'bin/waybill.js': "await import('../src/main/cli.ts');\n",
  // Without the dependencies, none of which these few lines use.
  'package.json': '{ "name": "scratch", "type": "module", "bin": "bin/waybill.js" }\n',
  'README.md': '# Scratch\n\nSee [below](#part-two).\n\n## Part two\n',
};
