import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from './anchor-file.ts';

/** What {@link writeDurably} has not put in its place yet, by the process that writes it. */
const UNFINISHED = /\.key\.([1-9][0-9]{0,9})\.new$/;
/** Writing takes moments. Whoever writes may also be in another container, where nobody here sees its process. */
const AGE_MS_MIN = 60_000;

/**
 * Takes away what processes that were ended have left half written among the keys: no key that anybody named, and yet one
 * that must not lie about. A file stays while it is young, or its process may still run.
 */
export async function sweepUnfinished(folder: string, now = Date.now()): Promise<void> {
  const left = readdirSync(folder).filter((name) => {
    const pid = UNFINISHED.exec(name)?.[1];
    return pid !== undefined && !isRunning(Number(pid)) && isOlder(join(folder, name), now - AGE_MS_MIN);
  });
  for (const name of left) unlinkIfThere(join(folder, name));
  if (left.length > 0) await syncFolder(folder);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of somebody else it may run.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function isOlder(path: string, timeMs: number): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY) < timeMs;
}

/** Another process may sweep at the same time. */
function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
