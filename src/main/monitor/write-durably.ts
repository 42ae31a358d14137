import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Puts a file in place of the one that is there, if any, such that a crash leaves either of both whole: written beside,
 * flushed, renamed, and the folder flushed. Mode 0600. One writer at a time.
 */
export function writeDurably(path: string, ...parts: readonly Uint8Array[]): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o600);
  try {
    for (const part of parts) writeWhole(file, part);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
