import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportFile } from '../../core/export/export-manifest.ts';

const PIECE_BYTES = 256 * 1024;

/**
 * Bytes of a plain file below a folder; undefined where there is none. What is no plain file is not followed or opened: a link leads
 * out of the folder, and a pipe or a device never ends.
 */
export function sizeOfFile(folder: string, name: string): number | undefined {
  const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.size : undefined;
}

/** Size and SHA-256 of a file below a folder, read piece by piece. */
export function hashFile(folder: string, name: string): ExportFile {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(PIECE_BYTES);
  const file = openSync(join(folder, name), 'r');
  try {
    let size = 0;
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      hash.update(piece.subarray(0, read));
      size += read;
    }
    return { name, size, sha256: hash.digest('hex') };
  } finally {
    closeSync(file);
  }
}
