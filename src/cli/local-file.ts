import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { EXIT } from './exit-codes.ts';
import { stop } from './stop.ts';

/** What is read at once of what tells no size. */
const PIECE_BYTES = 256 * 1024;

/**
 * Bytes of a file that the user named; `-` is standard input. One above `bytesMax` is refused unread, and what tells no
 * size, such as a pipe or a device, as soon as it goes beyond: `cli/unusable-file`.
 */
export function readLocalFile(path: string, bytesMax: number): Uint8Array {
  try {
    if (path === '-') return readStream(path, 0, bytesMax);
    const stats = statSync(path);
    if (stats.size > bytesMax) throw tooLong(path, `${stats.size} bytes`, bytesMax);
    if (stats.isFile() || stats.isDirectory()) return readFileSync(path);
    const stream = openSync(path, 'r');
    try {
      return readStream(path, stream, bytesMax);
    } finally {
      closeSync(stream);
    }
  } catch (error) {
    throw fileStop(path, 'read', error);
  }
}

function readStream(path: string, stream: number, bytesMax: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const piece = new Uint8Array(PIECE_BYTES);
    const read = readSync(stream, piece);
    if (read === 0) return Buffer.concat(pieces, length);
    length += read;
    if (length > bytesMax) throw tooLong(path, 'more', bytesMax);
    pieces.push(piece.subarray(0, read));
  }
}

function tooLong(path: string, has: string, bytesMax: number) {
  return stop(
    EXIT.input,
    'cli/unusable-file',
    `${path === '-' ? 'Standard input' : path} has ${has}, over ${bytesMax}.`,
  );
}

export function writeLocalFile(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw fileStop(path, 'written', error);
  }
}

/** What lies at a path; undefined for nothing. */
export function kindOfPath(path: string): 'file' | 'folder' | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? 'folder' : 'file';
}

/** What the system's codes mean to whoever named the path. */
const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder.',
  EISDIR: 'it is a folder.',
  ENOTDIR: 'a part of the path is a file, not a folder.',
  EACCES: 'this user may not.',
  EEXIST: 'it exists, and is never written over.',
  ENOSPC: 'the disk is full.',
};

/** What the system says of a path, as a stop with `cli/unusable-file`; anything else as it is. */
export function fileStop(path: string, done: 'read' | 'written', error: unknown) {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const why = WHY[String(error.code)] ?? error.message;
  return stop(EXIT.input, 'cli/unusable-file', `${path} cannot be ${done}: ${why}`);
}

/** Writes a secret to a file that must not exist yet, for its owner alone. */
export function writePrivateFile(path: string, content: string): void {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw fileStop(path, 'written', error);
  }
}
