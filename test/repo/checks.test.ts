import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { plant, runCheck, scratchRepository } from './scratch-repository.ts';

type Fault = {
  readonly title: string;
  readonly file: string;
  readonly text: string;
  /** What the tool must name: the place, and the rule or the thing. */
  readonly names: readonly RegExp[];
};

const inCore = (title: string, code: string, ...names: readonly RegExp[]): Fault => ({
  title,
  file: 'src/core/planted.ts',
  text: code,
  names: [/src\/core\/planted\.ts/, ...names],
});

/** Every fault of one step is planted at once, in a file of its own: the step must name each, not only the first. */
function provesThat(step: string, faults: readonly Fault[]): void {
  test(`check ${step} passes a sound repository`, (t) => {
    const { passed, output } = runCheck(scratchRepository(t), step);
    assert.ok(passed, output);
  });
  test(`check ${step} names every planted fault`, async (t) => {
    const root = scratchRepository(t);
    const planted = faults.map((fault, index) => ({ ...fault, ...ownFile(fault, index) }));
    for (const { file, text } of planted) plant(root, file, text);
    const { passed, output } = runCheck(root, step);
    assert.equal(passed, false, output);
    for (const { title, names } of planted) {
      await t.test(`names ${title}`, () => {
        for (const name of names) assert.match(output, name);
      });
    }
  });
}

function ownFile(fault: Fault, index: number): Pick<Fault, 'file' | 'names'> {
  const rename = (text: string) => text.replace('planted', `planted${index}`);
  return { file: rename(fault.file), names: fault.names.map((name) => new RegExp(rename(name.source), 's')) };
}

provesThat('types', [
  ...['process', 'Buffer', 'fetch', 'setTimeout', 'console', 'crypto', 'URL', 'structuredClone'].map((name) =>
    inCore(
      `the global ${name} in core`,
      `export const taken: unknown = ${name};\n`,
      new RegExp(`planted\\.ts\\(1,\\d+\\)[^\\n]*'${name}'`),
    ),
  ),
  inCore('node:fs in core', "export { readFileSync } from 'node:fs';\n", /planted\.ts\(1,\d+\)[^\n]*'node:fs'/),
  inCore(
    'an upward import from core',
    "export type A = typeof import('../main/cli.ts');\n",
    /planted\.ts\(1,\d+\)[^\n]*(TS6059|TS6307|rootDir|file list)/,
  ),
  {
    title: 'an index that may be missing',
    file: 'src/service/planted.ts',
    text: 'export const first = (list: readonly string[]): string => list[0];\n',
    names: [/src\/service\/planted\.ts/, /TS2322/],
  },
  {
    title: 'an enum',
    file: 'src/service/planted.ts',
    text: 'export enum Colour {\n  Red,\n}\n',
    names: [/src\/service\/planted\.ts/, /TS1294/],
  },
  {
    title: 'a Node global in a browser program',
    file: 'src/web/planted.ts',
    text: 'export const folder = process.cwd();\n',
    names: [/src\/web\/planted\.ts\(1,\d+\)[^\n]*'process'/],
  },
  {
    title: 'a wrong test',
    file: 'test/planted.test.ts',
    text: "export const n: number = '1';\n",
    names: [/test\/planted/],
  },
]);

const linted = (title: string, rule: string, text: string, file = 'src/service/planted.ts'): Fault => ({
  title,
  file,
  text,
  names: [new RegExp(`${file.replaceAll('.', '\\.')}:\\d+:\\d+ lint/[a-z0-9]+/${rule}`, 'i')],
});
const repeat = (line: string, count: number) => line.repeat(count);

provesThat('biome', [
  linted('the clock in core', 'noRestrictedGlobals', 'export const now = () => Date.now();\n', 'src/core/planted.ts'),
  linted('an explicit any', 'noExplicitAny', 'export const take = (value: any) => value;\n'),
  linted('a non-null assertion', 'noNonNullAssertion', 'export const a = (b?: string): string => b!;\n'),
  linted('a default export', 'noDefaultExport', 'export default 1;\n'),
  linted('an unused import', 'noUnusedImports', "import { a } from './a.ts';\n"),
  {
    title: 'a file name that is not kebab-case',
    file: 'src/service/plantedFile.ts',
    text: 'export const a = 1;\n',
    names: [/src\/service\/plantedFile\.ts lint\/style\/useFilenamingConvention/],
  },
  linted('a missing await', 'noFloatingPromises', 'const f = async () => 1;\nexport const g = () => {\n  f();\n};\n'),
  linted('a file of over 300 lines', 'noExcessiveLinesPerFile', repeat('take(1);\n', 301)),
  linted(
    'a function of over 70 lines',
    'noExcessiveLinesPerFunction',
    `export function long(log: () => void) {\n${repeat('  log();\n', 71)}}\n`,
  ),
  linted('the environment outside config', 'noProcessEnv', 'export const home = process.env.HOME;\n'),
  ...[
    ['a', 'b'],
    ['b', 'a'],
  ].map(([me, it]) =>
    linted(
      'an import cycle',
      'noImportCycles',
      `import { ${it} } from './cycle-${it}.ts';\n\nexport const ${me} = (): unknown => ${it};\n`,
      `src/service/cycle-${me}.ts`,
    ),
  ),
  {
    title: 'text that is not formatted',
    file: 'src/service/planted.ts',
    text: 'export const a = {b:1}\n',
    names: [/src\/service\/planted\.ts format/],
  },
]);

provesThat('knip', [
  {
    title: 'a file that nothing uses',
    file: 'src/core/planted.ts',
    text: 'export {};\n',
    names: [/src\/core\/planted\.ts/],
  },
  {
    title: 'an export that nothing uses',
    file: 'src/service/numbers.ts',
    text: 'export const used = 1;\nexport const spare = 2;\n',
    names: [/spare\s+src\/service\/numbers\.ts/],
  },
  {
    title: 'a package that is not listed',
    file: 'src/main/planted.ts',
    text: "import 'left-pad';\nimport { used } from '../service/numbers.ts';\n\nprocess.exitCode = used;\n",
    names: [/left-pad\s+src\/main\/planted\.ts/],
  },
  {
    title: 'a dependency that nothing uses',
    file: 'package.json',
    text: '{ "name": "scratch", "type": "module", "dependencies": { "zod": "^4.0.0" } }\n',
    names: [/Unused dependencies.*zod\s+package\.json/],
  },
]);

const directed = (title: string, file: string, text: string, forbidden: string): Fault => ({
  title,
  file,
  text,
  names: [new RegExp(`${file.replaceAll('.', '\\.')}:\\d+ \\[import-directions\\][^\\n]*${forbidden}`)],
});

provesThat('imports', [
  directed('a package in core', 'src/core/planted.ts', "import { z } from 'zod';\n", '"zod"'),
  directed('a type-only import', 'src/http/planted.ts', "import type { A } from '../postgres/a.ts';\n", 'postgres'),
  directed('a dynamic import', 'src/postgres/planted.ts', "export const a = () => import('express');\n", '"express"'),
  directed('an import over lines', 'src/service/planted.ts', "import {\n  a,\n} from\n  'kysely';\n", '"kysely"'),
  directed('a re-export', 'src/api/planted.ts', "export { a } from '../service/a.ts';\n", 'service'),
  directed('the type of an import', 'src/web/planted.ts', "export type A = typeof import('../http/a.ts');\n", 'http'),
  directed('more of Node than native may use', 'src/native/planted.ts', "import 'node:fs';\n", '"node:fs"'),
  directed('wiring from below', 'src/cli/planted.ts', "import '../main/cli.ts';\n", 'main'),
  directed('a computed import', 'src/cli/planted.ts', 'export const a = (b: string) => import(b);\n', 'computed'),
  {
    title: 'a folder that the table does not name',
    file: 'src/planted/a.ts',
    text: 'export {};\n',
    names: [/src\/planted\/a\.ts \[import-directions\]/],
  },
  inCore('randomness in core', 'export const a = Math.random();\n', /planted\.ts:1 \[core-purity\] Math\.random/),
  {
    title: 'the command line outside main',
    file: 'src/service/planted.ts',
    text: 'export const a = process.argv;\n',
    names: [/src\/service\/planted\.ts:1 \[process\] process\.argv/],
  },
]);

const tidied = (title: string, rule: string, file: string, text: string): Fault => ({
  title,
  file,
  text,
  names: [new RegExp(`${file.replaceAll('.', '\\.')}(:\\d+)? \\[${rule}\\]`)],
});

provesThat('tidy', [
  ...['utils', 'helper', 'common', 'misc', 'shared'].map((name) =>
    tidied(`the vague name ${name}`, 'vague-name', `src/core/planted/${name}.ts`, 'export {};\n'),
  ),
  tidied('a leftover marker', 'leftover-marker', 'src/core/planted.ts', `// ${'FIX'}${'ME'} later\n`),
  tidied('a task without its number', 'leftover-marker', 'src/core/planted.ts', `// ${'TO'}${'DO'} later\n`),
  tidied('a test that silences others', 'single-test', 'test/planted.test.ts', `test.${'only'}('a', () => {});\n`),
  tidied('a path of one machine', 'absolute-path', 'docs/planted.md', `# A\n\nIn ${['', 'home', 'me'].join('/')}.\n`),
  tidied('a registry', 'registry-host', 'docs/planted.md', `# A\n\nFrom ${['registry', 'npmjs', 'org'].join('.')}.\n`),
  tidied('a document without title', 'title', 'docs/planted.md', 'Words.\n'),
  tidied('a link to no file', 'link', 'docs/planted.md', '# A\n\n[b](missing.md)\n'),
  tidied('a link to no heading', 'link', 'docs/planted.md', '# A\n\n[b](../README.md#part-three)\n'),
  tidied('a large file', 'large-file', 'docs/planted.bin', repeat('0123456789abcdef', 1 << 18)),
]);

test('check imports takes no word in a string or a comment for an import', (t) => {
  const words =
    "// import 'left-pad'\nexport const WORDS = ['from', ', ', 'import', \"require\", Array.from('zod')];\n";
  const { passed, output } = runCheck(scratchRepository(t, { 'src/core/words.ts': words }), 'imports');
  assert.ok(passed, output);
});

test('check tidy names a lockfile entry that carries its download address', (t) => {
  const root = scratchRepository(t);
  const lockfile = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  plant(
    root,
    'package-lock.json',
    lockfile.replace('"integrity"', '"resolved": "https://example.com/a.tgz", "integrity"'),
  );
  const { passed, output } = runCheck(root, 'tidy');
  assert.equal(passed, false);
  assert.match(output, /package-lock\.json:\d+ \[lockfile\]/);
});

test('check tidy names migrations that were changed, removed, misnumbered or left unexplained', (t) => {
  const hash = (digit: string) => digit.repeat(64);
  const root = scratchRepository(t, {
    'migrations/0001_changed.sql': '-- purpose\nselect 1;\n',
    'migrations/0003_gap.sql': '-- purpose\nselect 1;\n',
    'migrations/0004_silent.sql': 'select 1;\n',
    'migrations/released.sha256': `${hash('0')}  0001_changed.sql\n${hash('1')}  0002_removed.sql\n`,
  });
  const { passed, output } = runCheck(root, 'tidy');
  assert.equal(passed, false);
  for (const name of ['0001_changed', '0002_removed', '0003_gap', '0004_silent']) {
    assert.match(output, new RegExp(`migrations/${name}\\.sql \\[migrations\\]`));
  }
});

test('a tool that is not installed is a failure, never a pass', (t) => {
  const root = scratchRepository(t);
  plant(root, 'elsewhere/package.json', '{}');
  assert.equal(runCheck(path.join(root, 'elsewhere'), 'biome').passed, false);
});
