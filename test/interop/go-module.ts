import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readZip } from './read-zip.ts';

/** A Go module as its authors released it: files by path below the module's root. */
export type GoModule = ReadonlyMap<string, Uint8Array>;

/** For `skip` of a test: why nothing that needs Go can run here, or false. With `CI=true` the absence is an error. */
export function skipWithoutGo(): string | false {
  if (spawnSync('go', ['version']).status === 0) return false;
  return notHere('no program `go`');
}

/**
 * One version of a module, through the module proxy that Go is configured with and out of its cache, or why it cannot be
 * had. Throws where its sum is another than `sum` (the `h1:` of go.sum): then these are not the files that were meant.
 */
export function downloadModule(path: string, version: string, sum: string): GoModule | string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-go-'));
  try {
    // It reports an error where the module asks for a newer Go than this one, and has the archive all the same.
    const downloaded = go(['mod', 'download', '-json', `${path}@${version}`], folder);
    const cache = go(['env', 'GOMODCACHE'], folder).stdout.trim();
    const archive = join(cache, 'cache', 'download', path, '@v', `${version}.zip`);
    if (!existsSync(archive))
      return notHere(`${path}@${version} cannot be downloaded: ${downloaded.stdout}${downloaded.stderr}`);
    const files = readZip(readFileSync(archive));
    const found = sumOf(files);
    if (found !== sum) throw new Error(`${path}@${version} has the sum ${found}`);
    const start = `${path}@${version}/`;
    return new Map([...files].map(([name, bytes]) => [name.slice(start.length), bytes]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs Go with the toolchain that is installed, outside of any module but that of the folder. */
export function go(
  parameters: readonly string[],
  cwd: string,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '' };
  return spawnSync('go', parameters, { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/** The sum as in go.sum: over the names and hashes of all files, by name. Source: golang.org/x/mod/sumdb/dirhash, Hash1. */
export function sumOf(files: ReadonlyMap<string, Uint8Array>): string {
  const lines = [...files]
    .map(([name, bytes]) => ({ name, line: `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n` }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    .map(({ line }) => line);
  return `h1:${createHash('sha256').update(lines.join('')).digest('base64')}`;
}

function notHere(what: string): string {
  const why = `NOT CHECKED: ${what}`;
  if (process.env.CI === 'true') throw new Error(why);
  console.error(why);
  return why;
}
