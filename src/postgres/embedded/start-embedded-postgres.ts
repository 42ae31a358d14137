import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from '../database-error.ts';
import { prepareBinaries } from './binaries.ts';
import { DATABASE_NAME, OWNER, prepareCluster, SERVICE, SUPERUSER } from './cluster.ts';
import { type Place, SYSTEM_FOLDER, settlePlace } from './place.ts';
import { clearLeftover, identifyProcess, inUse, readPidFile, serversOn } from './postmaster.ts';
import { SOCKET_FOLDER_BYTES_MAX, type SocketFolder, type Supervisor, startSupervisor } from './supervisor.ts';

export type EmbeddedPostgresOptions = {
  /** Where the cluster lies, by convention `./data/postgres`; becomes a link where the system user cannot reach it. */
  readonly dataFolder: string;
  /** True when something outside (an anchor) says that there is a ledger: refuse rather than make a new cluster. */
  readonly mustExist?: boolean;
  /** Where data and binaries go that the system user cannot reach; `/var/lib/waybill-embedded`. */
  readonly systemFolder?: string;
  /** Takes lines that an operator should see. */
  readonly log?: (line: string) => void;
};

/** A running server. URLs hold passwords. Stops with `stop`, with `await using`, and with the death of this process. */
export type EmbeddedPostgres = {
  /** Database `waybill` as `waybill_owner`, which owns the schema and migrates. */
  readonly ownerUrl: string;
  /** Database `waybill` as `waybill_service`, with no right but those that migrations grant. */
  readonly serviceUrl: string;
  /** Database `waybill` as superuser: for operators, drills and tests; the service never opens it. */
  readonly superuserUrl: string;
  /** Folder of the socket, for `psql -h`. */
  readonly socketFolder: string;
  /** Resolves when the server has ended, asked to or not. */
  readonly exited: Promise<void>;
  /** Stops the server, ending open sessions, and resolves when it is gone. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Starts Postgres on `dataFolder`, making a cluster on the first start, and resolves when it accepts connections. It
 * listens on a Unix socket in a folder of mode 0700 and on no network port.
 * Faults: database/binaries-missing, data-missing, data-in-use, data-unusable, version-mismatch, no-system-user,
 * start-failed.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const place = settlePlace(options);
  const cluster = join(place.folder, 'cluster');
  if (place.hasCluster) await clearLeftover(cluster, options.log);
  const binaries = prepareBinaries(place.runAs, binariesFolder(place, options.systemFolder));
  const credentials = prepareCluster(place, binaries);
  const socket = prepareSocketFolder(place);
  const supervisor = startSupervisor(place, binaries.postgres, socket);
  try {
    await waitUntilReady(cluster, supervisor, options.log);
  } catch (error) {
    supervisor.release();
    throw error;
  }
  const stop = async () => {
    supervisor.process.ref();
    supervisor.release();
    await supervisor.exited;
  };
  const urlFor = (role: keyof typeof credentials) =>
    `postgresql://${role}:${credentials[role]}@${encodeURIComponent(socket.folder)}:5432/${DATABASE_NAME}`;
  return {
    ownerUrl: urlFor(OWNER),
    serviceUrl: urlFor(SERVICE),
    superuserUrl: urlFor(SUPERUSER),
    socketFolder: socket.folder,
    exited: supervisor.exited,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Root shares one copy between data folders; anyone else keeps it next to his cluster. */
function binariesFolder(place: Place, systemFolder: string | undefined): string {
  return place.runAs === undefined ? join(place.folder, 'programs') : (systemFolder ?? SYSTEM_FOLDER);
}

/**
 * The socket lies beside the cluster, always at the same path, unless that path is longer than a socket's may be; then
 * in a new folder below the temporary folder.
 */
function prepareSocketFolder(place: Place): SocketFolder {
  const beside = join(place.folder, 'run');
  const isTemporary = Buffer.byteLength(beside) > SOCKET_FOLDER_BYTES_MAX;
  const folder = isTemporary ? mkdtempSync(join(tmpdir(), 'waybill-')) : beside;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  if (place.runAs !== undefined) chownSync(folder, place.runAs.uid, place.runAs.gid);
  return { folder, isTemporary };
}

/** No limit of time while the server lives: recovering after a crash may take minutes, and stopping it helps nobody. */
async function waitUntilReady(cluster: string, supervisor: Supervisor, log?: (line: string) => void): Promise<void> {
  const started = Date.now();
  let hasEnded = false;
  let isSlowTold = false;
  void supervisor.exited.then(() => {
    hasEnded = true;
  });
  while (true) {
    if (hasEnded) throw startFailed(cluster, supervisor);
    const found = readPidFile(cluster);
    if (found?.status === 'ready' && servedByUs(found.pid, supervisor)) return;
    if (!isSlowTold && Date.now() - started > 5_000) {
      isSlowTold = true;
      log?.(`Postgres is still starting, after a crash it first recovers; its log is ${supervisor.logPath}`);
    }
    await sleep(10);
  }
}

/** Whether the ready server is the one just started: its parent is our supervisor. */
function servedByUs(pid: number, supervisor: Supervisor): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(supervisor.process.pid);
  } catch {
    return false;
  }
}

function startFailed(cluster: string, supervisor: Supervisor): DatabaseError {
  const holder = readPidFile(cluster)?.pid;
  if (holder !== undefined && identifyProcess(holder) !== undefined && serversOn(cluster).includes(holder)) {
    return inUse(cluster, 'a service that started at the same moment');
  }
  const tail = readFileSync(supervisor.logPath, 'utf8').trim().split('\n').slice(-6).join('\n');
  return new DatabaseError('database/start-failed', `Postgres did not start (${supervisor.logPath}):\n${tail}`);
}
