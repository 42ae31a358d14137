/**
 * Builds the publishable `dist`: compiled source with its declarations, the browser programs, `dist/package.json` (the
 * `imports` of `src/package.json` with the compiled targets) and whatever else the source folder holds at run time.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const source = path.join(root, 'src');
const target = path.join(root, 'dist');

mkdirSync(target, { recursive: true });
// The browser programs stay: their own build replaces and prunes them file by file.
for (const name of readdirSync(target)) {
  if (name !== 'web') rmSync(path.join(target, name), { recursive: true });
}
run(path.join(root, 'node_modules/.bin/tsc'), ['-b', 'src/core', 'src']);
writeFileSync(path.join(target, 'package.json'), compiledManifest());
copyAssets();
run(process.execPath, ['scripts/build-web.ts']);

/** Runs one part of the build; what it printed says all, so a failure only ends this process. */
function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function compiledManifest(): string {
  return readFileSync(path.join(source, 'package.json'), 'utf8').replaceAll(/\.ts"/g, '.js"');
}

/** Everything below `src` that is neither compiled nor configuration, at the same place below `dist`. */
function copyAssets(): void {
  for (const file of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || /\.tsx?$|^tsconfig\.json$|^package\.json$/.test(file.name)) continue;
    // What runs in browsers is bundled.
    if (file.parentPath.startsWith(path.join(source, 'web'))) continue;
    const from = path.join(file.parentPath, file.name);
    cpSync(from, path.join(target, path.relative(source, from)));
  }
}
