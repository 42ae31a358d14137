import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';
/** Clusters and databases of a whole run (about 1 GiB) and the processes themselves, with room to spare. */
const MEMORY_BYTES_MIN = 4 * 2 ** 30;

/** A folder for all that one run of the tests writes, and the variables that lead its processes there. */
export type RunFolder = {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly remove: () => void;
};

/**
 * Makes it, in memory where there is room and TMPDIR names no other place: no test is about a disk that loses power, and
 * making thousands of files on one takes as long as the tests themselves. Programs keep there what they compiled, so
 * that not every process of the run compiles the same modules. Every user may enter it.
 */
export function makeRunFolder(): RunFolder {
  const parent = process.env.TMPDIR === undefined && hasMemory() ? MEMORY : tmpdir();
  const path = mkdtempSync(join(parent, 'run-'));
  chmodSync(path, 0o1777);
  return {
    path,
    environment: { TMPDIR: path, NODE_COMPILE_CACHE: join(path, 'compiled') },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

function hasMemory(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    // A container may be allowed less memory than its file system promises.
    return Math.min(bavail * bsize, process.availableMemory()) >= MEMORY_BYTES_MIN;
  } catch {
    return false;
  }
}
