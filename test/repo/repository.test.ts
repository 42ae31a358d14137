import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checkDocuments } from '../../scripts/rules/documents.ts';
import { checkImportDirections } from '../../scripts/rules/import-directions.ts';
import { checkMigrations } from '../../scripts/rules/migrations.ts';
import { openRepository } from '../../scripts/rules/repository.ts';
import { checkTidiness } from '../../scripts/rules/tidy.ts';
import { repositoryRoot } from './scratch-repository.ts';

const repository = openRepository(repositoryRoot);
const read = (file: string) => readFileSync(path.join(repositoryRoot, file), 'utf8');

for (const [title, check] of [
  ['source is imported only in the allowed directions', checkImportDirections],
  ['names and texts are tidy', checkTidiness],
  ['documents have titles and their links lead somewhere', checkDocuments],
  ['migrations are numbered, explained and unchanged since their release', checkMigrations],
] as const) {
  test(title, () => {
    assert.deepEqual(check(repository), []);
  });
}

test('every dependency has its reason in the decision record, and nothing else has', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string> | undefined>;
  const declared = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  );
  const lines = read('docs/decisions/0003-dependencies.md').matchAll(/^\| `([^`]+)` \| (.{3,}) \|$/gm);
  const explained = [...lines].map((line) => line[1]);
  assert.deepEqual(explained, declared);
});

test('names in src/package.json resolve to files, a native and a portable one each', () => {
  const { imports } = JSON.parse(read('src/package.json')) as { imports: Record<string, Record<string, string>> };
  for (const [name, targets] of Object.entries(imports)) {
    assert.deepEqual(Object.keys(targets), ['node', 'default'], name);
    for (const target of Object.values(targets)) assert.ok(repository.files.includes(path.join('src', target)), target);
  }
});

test('the lockfile knows every package that another asks for, other platforms included', () => {
  type Entry = { readonly dependencies?: object; readonly optionalDependencies?: object };
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Entry> };
  for (const [place, entry] of Object.entries(packages)) {
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      assert.ok(isLocked(packages, place, name), `${place || 'package.json'} asks for ${name}`);
    }
  }
});

/** Whether `name` is found from a place of the lockfile as Node finds it: beside it or in a folder above. */
function isLocked(packages: Readonly<Record<string, unknown>>, place: string, name: string): boolean {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}
