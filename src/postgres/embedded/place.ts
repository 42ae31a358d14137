import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseError } from '../database-error.ts';
import { canUseFolder, chooseRunAs, type RunAs } from './system-user.ts';

/** Below here lie data and binaries that the system user could not reach in the checkout. Owned by root. */
export const SYSTEM_FOLDER = '/var/lib/waybill-embedded';

/** What a start that was cut short may have left in a data folder without a cluster. */
const OWN_NAMES = /^(credentials\.json|server\.log|run|programs|(cluster|credentials)\.new-[0-9a-f]+)$/;

/** A data folder that exists, is mode 0700, and can be used by the user who runs the server. */
export type Place = {
  /** Real path; holds `cluster`, `credentials.json`, `server.log` and, where paths are short enough, `run`. */
  readonly folder: string;
  readonly runAs: RunAs;
  readonly hasCluster: boolean;
};

export type PlaceOptions = {
  readonly dataFolder: string;
  /** True when an anchor says that a ledger exists: no cluster is then a fault, never a reason to make one. */
  readonly mustExist?: boolean;
  readonly systemFolder?: string;
  readonly log?: (line: string) => void;
};

/**
 * Settles where the cluster lies and who runs it, making the folder if it may be new. For root, a data folder that the
 * system user cannot reach becomes a link to `<systemFolder>/<SHA-256 of the real path, 32 hex characters>`.
 *
 * A new cluster is only ever made where nothing says that there was one: `mustExist` refuses, and so does a link whose
 * target is gone. When the link itself is gone, `mustExist` restores it; without `mustExist` whoever removed `data`
 * wants to begin anew, and the old folder is renamed, never deleted.
 * Faults: database/data-missing, database/data-unusable, database/no-system-user.
 */
export function settlePlace(options: PlaceOptions): Place {
  try {
    return settleOnce(options);
  } catch (error) {
    // Another start made the folder or the link at this very moment: what it made is found the second time.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST' || code === 'ENOENT' || code === 'ENOTDIR') return settleOnce(options);
    throw error;
  }
}

function settleOnce(options: PlaceOptions): Place {
  const parent = dirname(resolve(options.dataFolder));
  if (options.mustExist !== true) mkdirSync(parent, { recursive: true });
  else if (!existsSync(parent)) throw dataMissing(options.dataFolder);
  const path = join(realpathSync(parent), basename(resolve(options.dataFolder)));

  const target = linkTarget(path);
  if (target !== undefined && !existsSync(target)) {
    throw new DatabaseError(
      'database/data-missing',
      `${path} is a link to ${target}, which does not exist: restore that folder${
        options.mustExist === true ? '' : ', or, where it never held a ledger, remove the link'
      }`,
    );
  }
  if (existsSync(join(path, 'cluster', 'PG_VERSION'))) {
    const folder = realpathSync(path);
    const runAs = chooseRunAs(statSync(join(folder, 'cluster')).uid);
    if (!canUseFolder(runAs, folder)) {
      throw new DatabaseError(
        'database/data-unusable',
        `the user who owns the cluster cannot reach ${folder}: a folder above it, or its own mode, is in the way`,
      );
    }
    return { folder, runAs, hasCluster: true };
  }
  const runAs = chooseRunAs(undefined);
  const moved = systemPlaceOf(path, options.systemFolder ?? SYSTEM_FOLDER);
  if (options.mustExist === true) return restoreLink(path, moved, options);
  return makePlace(path, moved, runAs, options);
}

/**
 * Takes a data folder away that is a link to nothing, for somebody who has decided that its data is gone for good. Gives
 * where it led; undefined, and nothing is changed, where it is no link or leads somewhere.
 */
export function removeDeadLink(dataFolder: string): string | undefined {
  const target = linkTarget(resolve(dataFolder));
  if (target === undefined || existsSync(target)) return undefined;
  unlinkSync(resolve(dataFolder));
  return target;
}

/** Where a link at `path` leads, undefined when `path` is no link. */
function linkTarget(path: string): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
  return resolve(dirname(path), readlinkSync(path));
}

function systemPlaceOf(path: string, systemFolder: string): string {
  // Half of the hash still cannot collide by accident, and leaves the socket's path short enough to lie beside the data.
  return join(systemFolder, createHash('sha256').update(path).digest('hex').slice(0, 32));
}

function restoreLink(path: string, moved: string, options: PlaceOptions): Place {
  const linkIsGone = lstatSync(path, { throwIfNoEntry: false }) === undefined;
  if (!linkIsGone || !existsSync(join(moved, 'cluster', 'PG_VERSION'))) throw dataMissing(path);
  symlinkSync(moved, path);
  options.log?.(`restored the link ${path} to its data in ${moved}`);
  return { folder: moved, runAs: chooseRunAs(statSync(join(moved, 'cluster')).uid), hasCluster: true };
}

function makePlace(path: string, moved: string, runAs: RunAs, options: PlaceOptions): Place {
  if (linkTarget(path) === undefined) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const foreign = readdirSync(path).filter((name) => !OWN_NAMES.test(name));
    if (foreign.length > 0) {
      // Its owner and mode would be changed: that must never happen to a folder somebody uses for something else.
      throw new DatabaseError(
        'database/data-unusable',
        `${path} holds other files (${foreign[0]}): give an empty folder`,
      );
    }
    takeOver(path, runAs);
  }
  if (canUseFolder(runAs, path)) return { folder: realpathSync(path), runAs, hasCluster: false };
  if (runAs === undefined || linkTarget(path) !== undefined || readdirSync(path).length > 0) {
    throw new DatabaseError('database/data-unusable', `${path} cannot be written by the user who runs Postgres`);
  }
  if (existsSync(join(moved, 'cluster'))) {
    const aside = `${moved}.left-${new Date().toISOString().replaceAll(/[:.]/g, '')}`;
    renameSync(moved, aside);
    options.log?.(`${path} was removed and begins anew; its former data is kept in ${aside}`);
  }
  mkdirSync(dirname(moved), { recursive: true, mode: 0o755 });
  mkdirSync(moved, { recursive: true, mode: 0o700 });
  takeOver(moved, runAs);
  if (!canUseFolder(runAs, moved)) {
    throw new DatabaseError('database/data-unusable', `${moved} cannot be written by the user who runs Postgres`);
  }
  rmdirSync(path);
  symlinkSync(moved, path);
  options.log?.(`Postgres runs as uid ${runAs.uid}, which cannot reach ${path}: data is kept in ${moved}`);
  return { folder: moved, runAs, hasCluster: false };
}

function takeOver(folder: string, runAs: RunAs): void {
  if (runAs !== undefined) chownSync(folder, runAs.uid, runAs.gid);
  if (statSync(folder).uid === (runAs?.uid ?? process.getuid?.())) chmodSync(folder, 0o700);
}

function dataMissing(path: string): DatabaseError {
  return new DatabaseError(
    'database/data-missing',
    `no cluster is found in ${path}, although a log was served from it: the folder may be unreadable for this user; if it is gone, restore it`,
  );
}
