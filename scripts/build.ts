/**
 * Builds the publishable `dist`: compiled source with its declarations, the browser programs, `dist/package.json` (the
 * `imports` of `src/package.json` with the compiled targets) and whatever else the source folder holds at run time.
 */
import { execFileSync } from 'node:child_process';
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
execFileSync(path.join(root, 'node_modules/.bin/tsc'), ['-b', 'src/core', 'src'], { cwd: root, stdio: 'inherit' });
writeFileSync(path.join(target, 'package.json'), compiledManifest());
copyAssets();
execFileSync(process.execPath, ['scripts/build-web.ts'], { cwd: root, stdio: 'inherit' });

function compiledManifest(): string {
  return readFileSync(path.join(source, 'package.json'), 'utf8').replaceAll(/\.ts"/g, '.js"');
}

/** Everything below `src` that is neither compiled nor configuration, at the same place below `dist`. */
function copyAssets(): void {
  for (const file of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || /\.ts$|^tsconfig\.json$|^package\.json$/.test(file.name)) continue;
    const from = path.join(file.parentPath, file.name);
    cpSync(from, path.join(target, path.relative(source, from)));
  }
}
