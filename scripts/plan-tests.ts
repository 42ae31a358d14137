/**
 * How a whole run of the tests is cut into processes. Half of a second goes into the start of each, and there are two
 * hundred files: those of a folder whose tests touch nothing of their process run in one. What takes longest begins
 * first, so that no core is idle at the end.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One process: a file that is run as it is, or several that a generated file imports. */
export type TestProcess = { readonly name: string; readonly files: readonly string[] };

/** Folders whose files have a process each: they start programs, are killed, read their memory, or take long anyway. */
const APART = new Set(['bench', 'cli', 'crash', 'demo', 'docs', 'drill', 'hostile', 'main', 'postgres', 'repo']);

/** Longest first, by processor time; what is not named here follows. */
export const LONGEST: readonly string[] = [
  'test/resume',
  'test/second-implementation',
  'test/monitor',
  'test/service',
  'test/http',
];

/** The processes for these files (`test/<area>/<name>.test.ts`), in the order in which they begin. */
export function planTests(files: readonly string[]): readonly TestProcess[] {
  const processes = new Map<string, string[]>();
  for (const file of files) {
    const [, area = ''] = file.split('/');
    const name = APART.has(area) ? file : dirname(file);
    processes.set(name, [...(processes.get(name) ?? []), file]);
  }
  const rank = (name: string) => (LONGEST.includes(name) ? LONGEST.indexOf(name) : LONGEST.length);
  return [...processes].map(([name, own]) => ({ name, files: own })).sort((a, b) => rank(a.name) - rank(b.name));
}

/** The path that Node is to run for one of them; that of several files is written into `folder`. */
export function writeEntry(root: string, folder: string, { name, files }: TestProcess): string {
  const [only = '', ...others] = files;
  if (others.length === 0) return resolve(root, only);
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, `${name.replaceAll('/', '-')}.mjs`);
  writeFileSync(entry, files.map((file) => `import '${pathToFileURL(resolve(root, file)).href}';\n`).join(''));
  return entry;
}
