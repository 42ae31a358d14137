/**
 * Builds the console into a folder, each file beside itself as gzip and brotli:
 *
 *   index.html            the one document of all pages
 *   console-<hash>.js     the program of the pages
 *   verify-<hash>.js      the worker that verifies, and the only program that does
 *   yaml-<hash>.js        the reader of YAML, which the pages fetch once somebody writes a contract
 *   console-<hash>.css    the style: that of reports, and what a console has beside
 *   mark-<hash>.svg       the mark
 *   console.json          which addresses are pages, and the names of the files
 *
 * Names carry the first 12 hex digits of a file's SHA-256, so that browsers may keep it for good.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { BuildOptions, Plugin } from 'esbuild';
import { PAGE_STYLE } from '../src/report/style/page-style.ts';
import { PAGE_PATHS } from '../src/web/console/page-paths.ts';

const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#12596b" stroke-width="2.2">
<style>@media (prefers-color-scheme: dark) { :root { stroke: #74c5d8 } }</style>
<rect x="2.2" y="6.5" width="11" height="11" rx="5.5"/><rect x="10.8" y="6.5" width="11" height="11" rx="5.5"/></svg>
`;

/** Builds and prunes the folder; answers the names of the files, relative to the folder's parent. */
export async function buildConsole(root: string, folder: string, bundle: BuildOptions): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true });
  const version = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;
  const build = (source: string, more: BuildOptions) => bundleOne(root, folder, { ...bundle, ...more }, source);
  const verify = named('verify', '.js', await build('src/web/console/verify/verify.ts', {}));
  const yaml = named('yaml', '.js', await build('src/yaml/yaml-document.ts', { format: 'esm' }));
  const program = named(
    'console',
    '.js',
    await build('src/web/console/console.tsx', {
      format: 'esm',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      plugins: [fetchedLater('yaml-document', yaml.name)],
      define: {
        WAYBILL_VERSION: JSON.stringify(version),
        WAYBILL_VERIFY_PROGRAM: JSON.stringify(`/console/assets/${verify.name}`),
      },
    }),
  );
  const own = await build('src/web/console/style/console.css', {});
  const style = named('console', '.css', (await minifyCss(PAGE_STYLE)) + own);
  const mark = named('mark', '.svg', MARK);
  const assets = [verify, program, yaml, style, mark];
  const shell = shellOf({ program: program.name, style: style.name, mark: mark.name });
  const list = { pages: PAGE_PATHS, assets: assets.map(({ name }) => name) };
  const written = [
    ...[...assets, { name: 'index.html', content: shell }].flatMap(({ name, content }) => [
      write(folder, name, content),
      write(folder, `${name}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION })),
      write(folder, `${name}.br`, brotliCompressSync(content)),
    ]),
    // Last: whoever reads it finds every file that it names.
    write(folder, 'console.json', `${JSON.stringify(list)}\n`),
  ];
  for (const name of readdirSync(folder)) if (!written.includes(name)) rmSync(path.join(folder, name));
  return written.map((name) => `console/${name}`);
}

/** Lets a program fetch the source of that name from the file beside it, where it imports it only when it is needed. */
function fetchedLater(source: string, file: string): Plugin {
  return {
    name: `${source}, fetched later`,
    setup: ({ onResolve }) =>
      onResolve({ filter: new RegExp(`/${source}\\.ts$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${file}`, external: true } : undefined,
      ),
  };
}

type Named = { readonly name: string; readonly content: string };

function named(stem: string, end: string, content: string): Named {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { name: `${stem}-${hash}${end}`, content };
}

/** The document. Nothing is written inline; without scripts it says what is missing. */
function shellOf({ program, style, mark }: Readonly<Record<'program' | 'style' | 'mark', string>>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Waybill</title>
<link rel="icon" href="/console/assets/${mark}" type="image/svg+xml">
<link rel="stylesheet" href="/console/assets/${style}">
<script type="module" src="/console/assets/${program}"></script>
</head>
<body>
<div id="console"></div>
<noscript><p>The console checks evidence in your browser, which takes scripts. Without them, use <code>waybill verify</code>.</p></noscript>
</body>
</html>
`;
}

async function bundleOne(root: string, folder: string, options: BuildOptions, source: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles = [] } = await build({ ...options, absWorkingDir: root, entryPoints: [source], outdir: folder });
  const [file] = outputFiles;
  if (file === undefined || outputFiles.length !== 1) throw new Error(`${source}: one file was expected`);
  return file.text;
}

async function minifyCss(text: string): Promise<string> {
  const { transform } = await import('esbuild');
  return (await transform(text, { loader: 'css', minify: true })).code;
}

/** A reader that starts meanwhile sees the old file or the new one, never half of one. */
function write(folder: string, name: string, content: string | Uint8Array): string {
  const unfinished = path.join(folder, `${name}.${process.pid}.part`);
  writeFileSync(unfinished, content);
  renameSync(unfinished, path.join(folder, name));
  return name;
}
