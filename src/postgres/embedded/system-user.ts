import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DatabaseError } from '../database-error.ts';

/** The operating-system user that runs the server; undefined where that is simply the caller. */
export type RunAs = { readonly uid: number; readonly gid: number } | undefined;

// Tried in this order: the account that distributions make for exactly this, then the one that every Linux has.
const CANDIDATES = ['postgres', 'nobody'];

/**
 * The user to run the server as. Postgres refuses to run as root, so root picks an existing unprivileged account: the
 * owner of an existing cluster (`clusterOwnerUid`), else `postgres`, else `nobody`. No account is ever created.
 * Anyone else runs it as himself. Faults: database/no-system-user.
 */
export function chooseRunAs(clusterOwnerUid: number | undefined): RunAs {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readAccounts();
  if (clusterOwnerUid !== undefined && clusterOwnerUid !== 0) {
    const owner = accounts.find((account) => account.uid === clusterOwnerUid);
    if (owner !== undefined) return { uid: owner.uid, gid: owner.gid };
    throw new DatabaseError(
      'database/no-system-user',
      `the data folder belongs to uid ${clusterOwnerUid}, which has no account on this machine`,
    );
  }
  for (const name of CANDIDATES) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid !== 0);
    if (account !== undefined) return { uid: account.uid, gid: account.gid };
  }
  throw new DatabaseError(
    'database/no-system-user',
    `Postgres does not run as root, and this machine has neither of the users ${CANDIDATES.join(', ')}: start as an ordinary user or set DATABASE_URL`,
  );
}

/**
 * Whether `runAs` can enter `folder` and write there. Asked of the kernel by trying, since access lists, mount options
 * and folders above decide as much as mode bits.
 */
export function canUseFolder(runAs: RunAs, folder: string): boolean {
  return tryAs(runAs, 'cd "$1" && test -w .', folder);
}

/** Whether `runAs` can execute the program at `path` (its libraries included, so it is really run with --version). */
export function canRun(runAs: RunAs, path: string): boolean {
  return tryAs(runAs, '"$1" --version', path);
}

function tryAs(runAs: RunAs, script: string, argument: string): boolean {
  const result = spawnSync('/bin/sh', ['-c', script, 'sh', argument], {
    stdio: 'ignore',
    cwd: '/',
    env: {},
    ...(runAs ?? {}),
  });
  return result.status === 0;
}

type Account = { readonly name: string; readonly uid: number; readonly gid: number };

function readAccounts(): readonly Account[] {
  const accounts: Account[] = [];
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined) continue;
    if (/^\d+$/.test(uid) && /^\d+$/.test(gid)) accounts.push({ name, uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}
