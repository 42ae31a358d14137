import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { readCopies, type Stage } from './dockerfile.ts';
import { copyRepository, run, scratchFolder } from './packed.ts';
import { repositoryRoot } from './scratch-repository.ts';

/** The user that the image runs as. */
export const CONTAINER_USER = 10001;

/** Why this machine cannot imitate a container, or undefined when it can. */
export function whyNoContainer(): string | undefined {
  if (process.getuid?.() !== 0) return 'NOT ROOT: the entrypoint was not tried with a read-only root';
  const tried = spawnSync('unshare', ['-m', 'setpriv', '--reuid', String(CONTAINER_USER), 'true']);
  return tried.status === 0
    ? undefined
    : 'NO unshare -m AND setpriv HERE: the entrypoint was not tried with a read-only root';
}

/**
 * Lays out the folder `/app` of the image as the last stage of the Dockerfile copies it, from a real build. Packages and
 * Node are not copied but mounted: `containerCommand` does that.
 */
export function layOutImage(t: TestContext, stage: Stage): string {
  const context = copyRepository(t);
  const built = run(process.execPath, ['scripts/build.ts'], context);
  if (built.status !== 0) throw new Error(`build failed:\n${built.stdout}${built.stderr}`);
  const image = scratchFolder(t);
  chmodSync(image, 0o755);
  for (const { sources, destination } of readCopies(stage)) {
    for (const source of sources.map((place) => place.replace(/^\/build\//, ''))) {
      if (source === 'node_modules') continue;
      const target = destination.endsWith('/') ? path.join(destination, path.basename(source)) : destination;
      cpSync(path.join(context, source), path.join(image, target), { recursive: true });
    }
  }
  for (const folder of ['app/node_modules', 'state', 'keys', 'data', 'postgres'])
    mkdirSync(path.join(image, folder), { recursive: true });
  writeFileSync(path.join(image, 'node'), '');
  writeFileSync(path.join(image, 'postgres/.s.PGSQL.5432'), '');
  writeFileSync(path.join(image, 'start.sh'), START, { mode: 0o755 });
  return image;
}

/** Variable that names the socket of a database, which the program then finds in the folder `/mnt/postgres`. */
export const SOCKET_VARIABLE = 'WAYBILL_TEST_SOCKET';

/**
 * Command line that runs `args` of the image's program as its user: no capabilities, the whole root file system
 * read-only, and only `/tmp` and the three volumes writable. The mounts end with the process.
 */
export function containerCommand(image: string, args: readonly string[]): readonly string[] {
  const packages = path.join(repositoryRoot, 'node_modules');
  return [
    'unshare',
    '-m',
    '--propagation',
    'private',
    path.join(image, 'start.sh'),
    image,
    packages,
    process.execPath,
    ...args,
  ];
}

// Works on the mount point /mnt, which every Linux has, so that nothing depends on who may enter the temporary folder.
const START = `#!/bin/sh
set -eu
image=$1 packages=$2 node=$3
shift 3
mount --bind "$image" /mnt
mount --bind "$packages" /mnt/app/node_modules
mount --bind "$node" /mnt/node
for volume in keys state data; do
  mount -t tmpfs -o "mode=0700,uid=${CONTAINER_USER},gid=${CONTAINER_USER}" tmpfs "/mnt/$volume"
done
if [ -n "\${${SOCKET_VARIABLE}:-}" ]; then mount --bind "$${SOCKET_VARIABLE}" /mnt/postgres/.s.PGSQL.5432; fi
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -o remount,bind,ro /mnt
mount -o remount,bind,ro /mnt/app/node_modules
mount -o remount,bind,ro /
cd /mnt
exec setpriv --reuid ${CONTAINER_USER} --regid ${CONTAINER_USER} --clear-groups --bounding-set=-all --no-new-privs \\
  /mnt/node "$@"
`;
