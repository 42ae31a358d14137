import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** A Node older than the program needs, where this machine has one: what a user without Node 24 has on the PATH. */
export const oldNode: string | undefined = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/local/bin']
  .map((folder) => path.join(folder, 'node'))
  .find((file) => existsSync(file) && /^v(18|20|22)\./.test(spawnSync(file, ['-v'], { encoding: 'utf8' }).stdout));

/** Options of a test that needs it. */
export const withOldNode: { readonly skip?: string } =
  oldNode === undefined ? { skip: 'NO OLDER NODE ON THIS MACHINE: the re-execution was not tried' } : {};
