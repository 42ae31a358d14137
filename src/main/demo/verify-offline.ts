import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the network is taken from a process: by the kernel, or, where that is not allowed, by refusing every socket. */
export type Isolation = { readonly how: 'kernel' | 'refused-sockets'; readonly words: string };

export type OfflineRun = { readonly status: number; readonly output: string; readonly errors: string };

const RUN_MS_MAX = 60_000;
const UNSHARE = ['-rn'];

/** What this machine allows. `unshare` makes a network namespace that holds no interface but a dead loopback. */
export function findIsolation(): Isolation {
  const tried = spawnSync('unshare', [...UNSHARE, process.execPath, '--version'], {
    stdio: 'ignore',
    timeout: RUN_MS_MAX,
  });
  return tried.status === 0
    ? { how: 'kernel', words: `a process without network (unshare ${UNSHARE.join(' ')})` }
    : { how: 'refused-sockets', words: 'a process in which every socket is refused (unshare is not allowed here)' };
}

/** Runs this program's command line in a process of its own that has no network, and no setting of a service. */
export function runOffline(
  isolation: Isolation,
  packageFolder: string,
  where: { readonly folder: string; readonly home: string; readonly path: string | undefined },
  args: readonly string[],
): OfflineRun {
  const program = import.meta.url.endsWith('.ts') ? './deny-network-program.ts' : './deny-network-program.js';
  const preload = isolation.how === 'kernel' ? [] : ['--import', new URL(program, import.meta.url).href];
  const command = [process.execPath, ...preload, join(packageFolder, 'bin', 'waybill.js'), ...args];
  const [executable = '', ...rest] = isolation.how === 'kernel' ? ['unshare', ...UNSHARE, ...command] : command;
  const { status, stdout, stderr } = spawnSync(executable, rest, {
    cwd: where.folder,
    env: { HOME: where.home, ...(where.path === undefined ? {} : { PATH: where.path }) },
    encoding: 'utf8',
    timeout: RUN_MS_MAX,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: status ?? -1, output: stdout ?? '', errors: stderr ?? '' };
}

/** Folder of this package, with a slash at its end: source and compiled program lie equally deep below it. */
export const PACKAGE_FOLDER = fileURLToPath(new URL('../../../', import.meta.url));
