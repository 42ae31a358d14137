/**
 * Bundles every program of `src/web/*.ts` (files of that folder itself; its sub-folders hold their parts) into
 * `dist/web/<name>.js`: one self-contained script each, for browsers, with the portable backends of `src/package.json`.
 * Same source, same bytes: reports carry these programs inside and readers compare their hashes.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildOptions } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');

const BUNDLE: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  minify: true,
  sourcemap: false,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  conditions: ['browser'],
  charset: 'ascii',
  legalComments: 'eof',
  loader: { '.css': 'text', '.html': 'text', '.svg': 'text' },
  logLevel: 'warning',
};

/** Builds all browser programs and resolves to the names of the files written, relative to the repository. */
async function buildWeb(): Promise<readonly string[]> {
  const { build } = await import('esbuild');
  const sources = readFolder(path.join(root, 'src/web')).filter((name) => /^[a-z0-9-]+\.ts$/.test(name));
  const folder = path.join(root, 'dist/web');
  mkdirSync(folder, { recursive: true });
  const written: string[] = [];
  for (const source of sources) {
    const { outputFiles = [] } = await build({ ...BUNDLE, entryPoints: [`src/web/${source}`], outdir: folder });
    for (const file of outputFiles) {
      // A reader that starts meanwhile sees the old program or the new one, never half of one.
      const unfinished = `${file.path}.${process.pid}.part`;
      writeFileSync(unfinished, file.contents);
      renameSync(unfinished, file.path);
      written.push(path.relative(root, file.path));
    }
  }
  const current = new Set(written.map((file) => path.basename(file)));
  for (const name of readFolder(folder)) {
    if (name.endsWith('.js') && !current.has(name)) rmSync(path.join(folder, name));
  }
  return written;
}

function readFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

try {
  for (const file of await buildWeb()) console.log(file);
} catch (error) {
  // An installation without development dependencies gets its browser programs from elsewhere: image and package hold
  // them ready-made.
  const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  if (!missing || process.env.npm_lifecycle_event !== 'prepare') throw error;
  console.warn('browser programs not built: esbuild, a development dependency, is not installed');
}
