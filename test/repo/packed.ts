import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { openRepository } from '../../scripts/rules/repository.ts';
import { repositoryRoot } from './scratch-repository.ts';

/** A copy of this repository as a clone would hold it, with its packages linked; gone when the test ends. */
export function copyRepository(t: TestContext): string {
  const folder = scratchFolder(t);
  for (const file of openRepository(repositoryRoot).files)
    cpSync(path.join(repositoryRoot, file), path.join(folder, file));
  symlinkSync(path.join(repositoryRoot, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

export function scratchFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'waybill-pack-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Packs a copy of the repository as a release would, build included, and resolves to the tarball. */
export function pack(t: TestContext): string {
  const copy = copyRepository(t);
  const { status, stdout, stderr } = run('npm', ['pack', '--json', '--loglevel=error'], copy);
  if (status !== 0) throw new Error(`npm pack failed:\n${stdout}${stderr}`);
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as readonly { readonly filename: string }[];
  return path.join(copy, packed?.filename ?? '');
}

/**
 * Unpacks a tarball where npm would install it, and links beside it the packages that npm would install with it. No
 * registry is asked. Returns the folder that holds `node_modules`.
 */
export function installOffline(t: TestContext, tarball: string): string {
  const folder = scratchFolder(t);
  const modules = path.join(folder, 'node_modules');
  mkdirSync(path.join(modules, 'waybill'), { recursive: true });
  const untar = run('tar', ['-xzf', tarball, '--strip-components=1', '-C', path.join(modules, 'waybill')], folder);
  if (untar.status !== 0) throw new Error(untar.stderr);
  for (const name of installedPackages()) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(repositoryRoot, 'node_modules', name), path.join(modules, name));
  }
  return folder;
}

/** Names of the top-level packages that are installed here and are no mere development dependency. */
function installedPackages(): readonly string[] {
  type Lockfile = { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> };
  const lockfile = JSON.parse(readFileSync(path.join(repositoryRoot, 'package-lock.json'), 'utf8')) as Lockfile;
  return Object.entries(lockfile.packages)
    .filter(([place, entry]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(place) && entry.dev !== true)
    .map(([place]) => place.slice('node_modules/'.length));
}

export function run(program: string, args: readonly string[], cwd: string) {
  return spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 64 << 20 });
}
