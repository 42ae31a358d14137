import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/**
 * What the console may do: its own files, its own service, and nothing else. No script or style is written inline, and no
 * text becomes markup: the one policy of trusted types names the address of its own worker.
 */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types waybill-worker',
].join('; ');

/** A file of the console, as it is and as it is sent to those who take it smaller. */
export type ConsoleFile = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly encoded: { readonly br?: Uint8Array; readonly gzip?: Uint8Array };
};

/** The console as it was built: its document, its files by name, and which addresses are pages. */
export type ConsoleFiles = {
  readonly shell: ConsoleFile;
  readonly asset: (name: string) => ConsoleFile | undefined;
  /** `address` stands below `/console/`. */
  readonly isPage: (address: string) => boolean;
};

/** Name of the list of files beside them, as scripts/build-web.ts writes it. */
const MANIFEST = 'console.json';

const manifest = z.strictObject({ pages: z.array(z.string()), assets: z.array(z.string()) });

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The console in a folder; every file is read once, at the start. Throws where the folder holds none. */
export function openConsoleFiles(folder: string): ConsoleFiles {
  const { pages, assets } = manifest.parse(JSON.parse(readFileSync(path.join(folder, MANIFEST), 'utf8')));
  const files = new Map(assets.map((name) => [name, readConsoleFile(folder, name)]));
  const patterns = pages.map(patternOf);
  return {
    shell: readConsoleFile(folder, 'index.html'),
    asset: (name) => files.get(name),
    isPage: (address) => patterns.some((pattern) => pattern.test(address)),
  };
}

function readConsoleFile(folder: string, name: string): ConsoleFile {
  const read = (end: string) => new Uint8Array(readFileSync(path.join(folder, `${name}${end}`)));
  return {
    bytes: read(''),
    mediaType: MEDIA_TYPES[path.extname(name)] ?? 'application/octet-stream',
    encoded: { br: read('.br'), gzip: read('.gz') },
  };
}

/** The pages' addresses as their router has them: `:name` is one segment, `:name+` one or more. */
function patternOf(page: string): RegExp {
  const segments = page.replace(/^\/console\//, '').split('/');
  const source = segments.map((segment) => {
    if (segment.startsWith(':')) return segment.endsWith('+') ? '.+' : '[^/]+';
    return segment.replaceAll(/[^a-z0-9-]/g, '\\$&');
  });
  return new RegExp(`^${source.join('/')}/?$`);
}
