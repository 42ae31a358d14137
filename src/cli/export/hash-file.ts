import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportFile } from '../../core/export/export-manifest.ts';

const PIECE_BYTES = 256 * 1024;

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
