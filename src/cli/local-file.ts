import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { EXIT } from './exit-codes.ts';
import { stop } from './stop.ts';

/** Bytes of a file that the user named; `-` is standard input. One above `bytesMax` is refused unread. */
export function readLocalFile(path: string, bytesMax: number): Uint8Array {
  try {
    if (path === '-') return readFileSync(0);
    const { size } = statSync(path);
    if (size > bytesMax) throw stop(EXIT.input, 'cli/unusable-file', `${path} has ${size} bytes, over ${bytesMax}.`);
    return readFileSync(path);
  } catch (error) {
    throw asStop(path, 'read', error);
  }
}

export function writeLocalFile(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw asStop(path, 'written', error);
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

function asStop(path: string, done: 'read' | 'written', error: unknown) {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const why = WHY[String(error.code)] ?? error.message;
  return stop(EXIT.input, 'cli/unusable-file', `${path} cannot be ${done}: ${why}`);
}

/** Writes a secret to a file that must not exist yet, for its owner alone. */
export function writePrivateFile(path: string, content: string): void {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw asStop(path, 'written', error);
  }
}
