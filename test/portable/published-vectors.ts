import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Published vectors lie beside the checkout, not in it. */
const PUBLISHED = new URL('../../../shared/vectors/', import.meta.url);

/** Bytes of one published file, or undefined where the folder of published vectors is absent. */
export function publishedBytes(path: string): Uint8Array | undefined {
  if (!existsSync(fileURLToPath(PUBLISHED))) return undefined;
  return new Uint8Array(readFileSync(new URL(path, PUBLISHED)));
}

/** Value of one published JSON file, or undefined where the folder of published vectors is absent. */
export function publishedJson<T>(path: string): T | undefined {
  const bytes = publishedBytes(path);
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as T);
}

/** Paths of all files below a published folder, sorted, or undefined where the folder is absent. */
export function publishedFiles(folder: string): readonly string[] | undefined {
  if (!existsSync(fileURLToPath(PUBLISHED))) return undefined;
  const entries = readdirSync(new URL(`${folder}/`, PUBLISHED), { recursive: true, withFileTypes: true });
  const root = fileURLToPath(PUBLISHED);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length))
    .sort();
}

/**
 * The vectors, or undefined after marking the test as skipped because they are absent.
 * Where CI=true nothing may be skipped: absent vectors fail the test.
 */
export function orSkip<T>(t: { skip(message: string): void }, vectors: T | undefined): T | undefined {
  if (vectors !== undefined) return vectors;
  const message = 'NOT CHECKED: published vectors (../shared/vectors) not present';
  if (process.env.CI === 'true') throw new Error(message);
  t.skip(message);
  return undefined;
}
