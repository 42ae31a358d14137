/**
 * Builds what runs in browsers into `dist/web`: each program `src/web/<name>.ts` (files of that folder itself; its
 * sub-folders hold their parts) becomes one self-contained script with the portable backends of `src/package.json`.
 *
 *   report.js       the program inside every custody report
 *   program.json    its version and SHA-256, by which readers recognise it
 *   verifier.html   the page that checks reports with a program of its own; it knows the one of report.js
 *   console/        the console (scripts/build-console.ts)
 *
 * Same source, same bytes, whatever the folder: reports carry these programs and readers compare their hashes.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { renderVerifier } from '../src/report/render-verifier.ts';
import { buildConsole } from './build-console.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'dist/web');

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
  logLevel: 'warning',
  // Not what a tsconfig.json nearby says: a copy of the sources without one must give the same bytes.
  tsconfigRaw: { compilerOptions: { strict: true } },
};

/** Builds all browser programs and resolves to the names of the files written, relative to the repository. */
async function buildWeb(): Promise<readonly string[]> {
  const names = readdirSync(path.join(root, 'src/web')).filter((name) => /^[a-z0-9-]+\.ts$/.test(name));
  mkdirSync(folder, { recursive: true });
  const report = await bundle('report.ts', {});
  const known = { sha256: createHash('sha256').update(report).digest('hex'), version: readVersion() };
  const written = [write('report.js', report), write('program.json', `${JSON.stringify(known)}\n`)];
  for (const name of names.filter((source) => source !== 'report.ts').sort()) {
    const program = await bundle(name, { WAYBILL_REPORT_PROGRAM: JSON.stringify(known) });
    if (name === 'verifier.ts') written.push(write('verifier.html', renderVerifier(program)));
    else written.push(write(name.replace(/\.ts$/, '.js'), program));
  }
  written.push(...(await buildConsole(root, path.join(folder, 'console'), BUNDLE)), 'console');
  for (const name of readdirSync(folder)) {
    if (!written.includes(name) && !name.endsWith('.part')) rmSync(path.join(folder, name), { recursive: true });
  }
  return written.filter((name) => name !== 'console').map((name) => `dist/web/${name}`);
}

/** Text of one program. It stands in pages as it is, so that it may not look like the end of its own block. */
async function bundle(source: string, define: Record<string, string>): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles = [] } = await build({ ...BUNDLE, define, entryPoints: [`src/web/${source}`], outdir: folder });
  const [file] = outputFiles;
  if (file === undefined || outputFiles.length !== 1) throw new Error(`${source}: one script was expected`);
  return file.text;
}

/** A reader that starts meanwhile sees the old file or the new one, never half of one. */
function write(name: string, content: string): string {
  const unfinished = path.join(folder, `${name}.${process.pid}.part`);
  writeFileSync(unfinished, content);
  renameSync(unfinished, path.join(folder, name));
  return name;
}

function readVersion(): string {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;
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
