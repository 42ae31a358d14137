import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../shared/vectors/', import.meta.url));

/** False where the published vectors do not lie beside the checkout. */
export function hasPublished(folder: string): boolean {
  return existsSync(ROOT + folder);
}

/** Says which vectors are absent: a reason to skip, or in continuous integration a failure. */
export function absentReason(folder: string): string {
  const reason = `published vectors "${folder}" not present beside the checkout`;
  if (process.env.CI === 'true') throw new Error(reason);
  return reason;
}

/** Paths of all files below the folder, relative to it, sorted. */
export function listPublished(folder: string): string[] {
  return readdirSync(ROOT + folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => `${file.parentPath}/${file.name}`.slice(`${ROOT}${folder}/`.length))
    .sort();
}

/** Bytes of one published file, as a plain Uint8Array. */
export function readPublished(path: string): Uint8Array {
  return new Uint8Array(readFileSync(ROOT + path));
}

export function readPublishedText(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}
