import { existsSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ORIGIN } from '../core/entry/names.ts';
import { syncFolder } from './anchor-file.ts';
import { KeyFileError } from './key-file.ts';

/** Name of the file, beside the keys. */
export const ORIGIN_FILE = 'log.origin';

/**
 * The origins of the logs that the keys beside this file have signed, one a line: the last one is in force, those before
 * it were ended by a successor and are never signed again. Empty where there is no such file: the keys are new, or of
 * release 0.1. Throws KeyFileError where it does not read.
 */
export function readOriginFile(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const origins = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  if (origins.length === 0 || !origins.every((origin) => ORIGIN.test(origin)))
    throw new KeyFileError(`${path} does not read: it holds the origins of the logs that the keys have signed`);
  return origins;
}

/** Puts `origin` in force, durably, before anything of it is signed. The origins before it stay. */
export async function appendOrigin(path: string, origin: string): Promise<void> {
  const origins = readOriginFile(path);
  if (origins.at(-1) === origin) return;
  await writeOriginFile(path, [...origins.filter((known) => known !== origin), origin]);
}

/** Ends one log and puts another in force, in one durable step. */
export async function succeedOrigin(path: string, ended: string, successor: string): Promise<void> {
  const others = readOriginFile(path).filter((known) => known !== ended && known !== successor);
  await writeOriginFile(path, [...others, ended, successor]);
}

/** Written beside, flushed, renamed, and the folder flushed. */
async function writeOriginFile(path: string, origins: readonly string[]): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(origins.map((origin) => `${origin}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}
