import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot } from './embedded-folder.ts';

/** A file system of its own, of so many bytes, in memory. */
export type SmallDisk = {
  /** Takes all room that is left. */
  readonly fill: () => void;
  /** Gives back what `fill` took. */
  readonly free: () => void;
  readonly [Symbol.dispose]: () => void;
};

/** Why no disk can be made here; undefined where it can. Mounting takes root, and a kernel that lets root do it. */
export function whyNoSmallDisk(folder: string): string | undefined {
  if (!isRoot) return 'NOT ROOT: NO FULL DISK WAS TRIED';
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'waybill-test', folder]);
  if (mounted.status !== 0) return `MOUNTING IS NOT ALLOWED HERE, NO FULL DISK WAS TRIED: ${mounted.stderr}`;
  spawnSync('umount', [folder]);
  return undefined;
}

/** Mounts a disk of `kilobytes` on `folder`, which it makes; unmounted when disposed of. */
export function mountSmallDisk(folder: string, kilobytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'waybill-test', folder]);
  if (mounted.status !== 0) throw new Error(String(mounted.stderr));
  chmodSync(folder, 0o711);
  const filler = join(folder, 'filler');
  return {
    fill: () => {
      const file = openSync(filler, 'a');
      try {
        for (;;) writeSync(file, Buffer.alloc(4_096, 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    [Symbol.dispose]: () => {
      spawnSync('umount', ['-l', folder]);
    },
  };
}
