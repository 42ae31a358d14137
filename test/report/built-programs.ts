import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KnownProgram } from '../../src/report/known-programs.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The browser programs as scripts/build-web.ts makes them out of the present source. */
export type BuiltPrograms = Disposable & {
  /** A new temporary folder, removed with the value. */
  readonly folder: string;
  /** Every file of `dist/web` by its name. */
  readonly files: ReadonlyMap<string, string>;
  readonly report: string;
  readonly verifierPath: string;
  readonly known: KnownProgram;
};

/**
 * Builds in a fresh folder, so that nothing built earlier is tested and nothing in use is replaced. `beside` are further
 * files of the checkout that lie there too.
 */
export function buildPrograms(beside: readonly string[] = []): BuiltPrograms {
  const folder = mkdtempSync(path.join(tmpdir(), 'waybill-web-'));
  for (const name of ['src', 'scripts', 'package.json', ...beside])
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build-web.ts'], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the programs do not build: ${stderr}`);
  const web = path.join(folder, 'dist/web');
  const read = (name: string) => readFileSync(path.join(web, name), 'utf8');
  const files = new Map(['program.json', 'report.js', 'verifier.html'].map((name) => [name, read(name)]));
  return {
    folder,
    files,
    report: read('report.js'),
    verifierPath: path.join(web, 'verifier.html'),
    known: JSON.parse(read('program.json')),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
