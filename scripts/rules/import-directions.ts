import path from 'node:path';
import { type Finding, lineOf, type Repository } from './repository.ts';

type Allowed = {
  /** Folders of `src` whose files may be imported, besides the folder's own. */
  readonly folders: readonly string[];
  /** Packages, and built-in modules as `node:name`; `node:*` is all of them. */
  readonly packages: readonly string[];
};

/**
 * Who may import whom; what is not listed is forbidden, a folder without a line included. The truth stands in `core`,
 * edges are thin and do not know each other, and only `main` wires them together.
 */
export const ALLOWED_IMPORTS: Readonly<Record<string, Allowed>> = {
  core: { folders: [], packages: ['@marcbachmann/cel-js', '@noble/curves', '@noble/ed25519', '@noble/hashes'] },
  native: { folders: ['core'], packages: ['node:crypto'] },
  api: { folders: ['core'], packages: ['zod'] },
  client: { folders: ['core', 'api'], packages: [] },
  web: { folders: ['core', 'report', 'yaml'], packages: ['preact', 'preact-iso'] },
  report: { folders: ['core'], packages: [] },
  service: { folders: ['core'], packages: [] },
  postgres: { folders: ['core', 'service'], packages: ['kysely', 'pg', 'node:*'] },
  keys: { folders: ['core', 'service'], packages: ['node:*'] },
  tamper: { folders: ['core', 'service', 'postgres'], packages: ['kysely', 'pg', 'node:*'] },
  webhooks: { folders: ['core', 'service'], packages: ['ipaddr.js', 'node:*'] },
  workers: { folders: ['core', 'service'], packages: ['node:*'] },
  sigstore: { folders: ['core', 'service'], packages: ['@sigstore/bundle', 'sigstore'] },
  http: {
    folders: ['core', 'api', 'service', 'report', 'yaml'],
    packages: ['express', 'pino', 'helmet', 'prom-client', 'rate-limiter-flexible', 'zod', 'zod-openapi', 'node:*'],
  },
  yaml: { folders: ['core'], packages: ['yaml'] },
  cli: {
    folders: ['core', 'api', 'client', 'keys', 'report', 'config', 'yaml'],
    packages: ['commander', 'yaml', 'node:*'],
  },
  config: { folders: ['core'], packages: ['zod', 'node:*'] },
  main: {
    folders: [
      ...['core', 'native', 'api', 'client', 'report', 'service', 'postgres', 'keys', 'sigstore', 'http', 'cli'],
      'tamper',
      'webhooks',
      'workers',
      'config',
    ],
    packages: ['*'],
  },
};

/** Calls that only the named folders may make, whatever they import. */
const RESERVED_CALLS = [
  {
    pattern: /\bprocess\s*\.\s*(env|argv|exit)\b/g,
    folders: ['main', 'config'],
    message: 'only src/main and src/config look at the process',
  },
] as const;

/** Values that neither the compiler nor the linter keeps out of `core`. */
const IMPURE_IN_CORE = /\bMath\s*\.\s*random\b|\bglobalThis\b|\bimport\s*\.\s*meta\b|\bnew\s+Function\b/g;

const SPECIFIER = /(?<![.\w'"`])(?:from|import|require)\s*\(?\s*(?:(['"])([^'"\n]+)\1|`([^`\n]*)`)/g;
const COMPUTED = /(?<![.\w'"`])(?:import|require)\s*\(\s*(?!['"`])/g;

/** Checks every import of `src`, type-only and dynamic ones included, against the table. */
export function checkImportDirections(repository: Repository): readonly Finding[] {
  const sources = repository.files.filter((file) => file.startsWith('src/') && /\.tsx?$/.test(file));
  return sources.flatMap((file) => checkFile(file, blankComments(repository.read(file))));
}

function checkFile(file: string, text: string): readonly Finding[] {
  const folder = folderOf(file);
  const allowed = folder === undefined ? undefined : ALLOWED_IMPORTS[folder];
  if (folder === undefined || allowed === undefined) {
    return [{ at: file, rule: 'import-directions', message: 'a folder of src that the table does not name' }];
  }
  const findings: Finding[] = [];
  const report = (offset: number, rule: string, message: string) =>
    findings.push({ at: `${file}:${lineOf(text, offset)}`, rule, message });
  for (const match of text.matchAll(SPECIFIER)) {
    const specifier = match[2] ?? match[3] ?? '';
    if (!isAllowed(file, folder, allowed, specifier)) {
      report(match.index, 'import-directions', `${folder} may not import "${specifier}"`);
    }
  }
  if (folder !== 'main') {
    for (const match of text.matchAll(COMPUTED)) {
      report(match.index, 'import-directions', 'an import that is computed cannot be checked');
    }
  }
  for (const { pattern, folders, message } of RESERVED_CALLS) {
    if ((folders as readonly string[]).includes(folder)) continue;
    for (const match of text.matchAll(pattern)) report(match.index, 'process', `${match[0]}: ${message}`);
  }
  if (folder === 'core') {
    for (const match of text.matchAll(IMPURE_IN_CORE)) {
      report(match.index, 'core-purity', `${match[0]}: core is the same function of its arguments everywhere`);
    }
  }
  return findings;
}

function isAllowed(file: string, folder: string, allowed: Allowed, specifier: string): boolean {
  if (specifier.startsWith('.')) {
    const target = folderOf(path.posix.join(path.posix.dirname(file), specifier));
    return target !== undefined && (target === folder || allowed.folders.includes(target));
  }
  // A name of `src/package.json`: core's own primitives, whichever backend answers.
  if (specifier.startsWith('#')) return folder === 'core' || allowed.folders.includes('core');
  if (allowed.packages.includes('*')) return true;
  if (specifier.startsWith('node:')) {
    return allowed.packages.includes('node:*') || allowed.packages.includes(specifier);
  }
  return allowed.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}

/** The folder of `src` that a path lies in, or undefined for a path that lies in none. */
function folderOf(file: string): string | undefined {
  return /^src\/([^/]+)\/./.exec(file)?.[1];
}

/** Comments become spaces, so that offsets stay; strings stay as they are. */
function blankComments(text: string): string {
  const tokens = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return text.replaceAll(tokens, (token) =>
    token.startsWith('/*') || token.startsWith('//') ? token.replaceAll(/[^\n]/g, ' ') : token,
  );
}
