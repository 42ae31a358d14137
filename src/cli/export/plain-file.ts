import { closeSync, constants, fstatSync, ftruncateSync, lstatSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { fileStop } from '../local-file.ts';
import { type Stop, stop } from '../stop.ts';

/** How a file of an export is opened: written from its beginning, gone on with at its end, or read and cut. */
export type PlainAccess = 'write' | 'append' | 'change';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR, O_WRONLY } = constants;
/** Nothing is emptied by opening it: what it is, is seen first. */
const FLAGS: Readonly<Record<PlainAccess, number>> = {
  write: O_WRONLY | O_CREAT,
  append: O_WRONLY | O_CREAT | O_APPEND,
  change: O_RDWR,
};

/**
 * Opens a file in the folder of an export to write it. Whoever prepared the folder may have put something there that leads out of it: a
 * symbolic link, a file that has another name elsewhere, or a pipe is left untouched, and stops with `cli/unusable-file`.
 */
export function openPlainFile(path: string, access: PlainAccess): number {
  let file: number;
  try {
    file = openSync(path, FLAGS[access] | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    throw leadsElsewhere(path) ? notPlain(path) : fileStop(path, 'written', error);
  }
  const stats = fstatSync(file);
  if (!stats.isFile() || stats.nlink > 1) {
    closeSync(file);
    throw notPlain(path);
  }
  if (access === 'write') ftruncateSync(file, 0);
  return file;
}

/** Refuses a folder in which something is neither a plain file nor the folder of the sample: `cli/unusable-file`. */
export function demandPlainFolder(folder: string, sample: string): void {
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, name);
    if (path === sample) demandSampleFolder(sample);
    else if (leadsElsewhere(path)) throw notPlain(path);
  }
}

/** The folder of the sample lies in that of the export: a link in its place leads elsewhere, and so would all its files. */
export function demandSampleFolder(sample: string): void {
  const stats = lstatSync(sample, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isDirectory()) throw notPlain(sample);
}

function leadsElsewhere(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isDirectory() && (!stats.isFile() || stats.nlink > 1);
}

function notPlain(path: string): Stop {
  const message = `${path} leads elsewhere, or is no plain file: nothing is written through it.`;
  return stop(EXIT.input, 'cli/unusable-file', message, 'Name a new folder.');
}
