import { createHash, type Hash } from 'node:crypto';
import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { FileSink } from '../../core/export/export-files.ts';
import type { ExportFile } from '../../core/export/export-manifest.ts';
import { openPlainFile } from './plain-file.ts';

/** What waits to be written of one file: less than a line more than this. */
const WAITING_CHARACTERS = 64 * 1024;

type Open = { readonly hash: Hash; readonly file?: number; waiting: string; size: number };

/** Files that are written piece by piece, and hashed as they are. */
export type FileWriter = {
  readonly write: FileSink;
  /** Ends all files; gives their sizes and hashes. */
  readonly end: () => readonly ExportFile[];
};

/** Writes into `folder`, over what is there and never through a link; without a folder it only hashes what would be written. */
export function openFileWriter(folder: string | undefined): FileWriter {
  const files = new Map<string, Open>();
  const flush = (open: Open) => {
    const bytes = Buffer.from(open.waiting, 'utf8');
    open.waiting = '';
    open.size += bytes.length;
    open.hash.update(bytes);
    if (open.file === undefined) return;
    for (let at = 0; at < bytes.length; ) at += writeSync(open.file, bytes, at);
  };
  return {
    write: (name, text) => {
      const open = files.get(name) ?? begin(folder, name);
      files.set(name, open);
      open.waiting += text;
      if (open.waiting.length >= WAITING_CHARACTERS) flush(open);
    },
    end: () =>
      [...files].map(([name, open]) => {
        flush(open);
        if (open.file !== undefined) closeSync(open.file);
        return { name, size: open.size, sha256: open.hash.digest('hex') };
      }),
  };
}

function begin(folder: string | undefined, name: string): Open {
  const file = folder === undefined ? {} : { file: openPlainFile(join(folder, name), 'write') };
  return { hash: createHash('sha256'), ...file, waiting: '', size: 0 };
}

/** Writes a whole file below the folder of an export, over what is there and never through a link. */
export function writePlainFile(path: string, bytes: Uint8Array): void {
  const file = openPlainFile(path, 'write');
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  } finally {
    closeSync(file);
  }
}
