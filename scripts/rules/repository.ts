import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** One broken rule: where (path below the root, with a line where that helps), which rule, and what to do about it. */
export type Finding = { readonly at: string; readonly rule: string; readonly message: string };

/** A folder under check. Paths are relative to `root`, with forward slashes, sorted. */
export type Repository = {
  readonly root: string;
  readonly files: readonly string[];
  /** Text of one file, without its binary neighbours ever being asked for: see `isText`. */
  readonly read: (file: string) => string;
};

const TEXT =
  /\.(tsx?|js|mjs|json|md|sql|sh|ya?ml|html|css|svg|txt|xml|toml|conf)$|(^|\/)[^./]+$|(^|\/)\.[^/.]+(\.example)?$/;

/** Whether rules about text apply to a file, judged by its name. */
export function isText(file: string): boolean {
  return TEXT.test(file);
}

/** What git tracks or would track below `root`; below a folder without git, everything that is not installed or built. */
export function openRepository(root: string): Repository {
  const listed = existsSync(path.join(root, '.git')) ? listByGit(root) : listByGlob(root);
  const files = listed.filter((file) => statSync(path.join(root, file), { throwIfNoEntry: false })?.isFile()).sort();
  return { root, files, read: (file) => readFileSync(path.join(root, file), 'utf8') };
}

function listByGit(root: string): readonly string[] {
  const listing = execFileSync('git', ['-C', root, 'ls-files', '-z', '-co', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  return listing.split('\0').filter((file) => file !== '');
}

function listByGlob(root: string): readonly string[] {
  const ignored = new Set(['node_modules', '.git', 'dist', 'out', 'data', 'state']);
  return globSync(['**/*', '**/.*'], { cwd: root, exclude: (name) => ignored.has(name) });
}

/** Line number, from 1, of an offset into a text. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
