import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from './place.ts';
import { identifyProcess, SERVED_BY } from './postmaster.ts';

/**
 * Runs between service and server: two shells, because one cannot wait for the server and for the service at once.
 * The first waits for the server. The second reads standard input, whose other end only the service holds; the kernel
 * closes that end however the service dies, and then the server is stopped: fast, after 20 s at once, after 10 more by
 * force. Were the second shell killed alone, the next start would stop the server (see `clearLeftover`). `-ef` asks
 * whether the process still works in the cluster, so that a process id given out again is never signalled. Signals
 * meant for the service (Ctrl-C, a stop of the whole control group) are ignored, since the service still wants its
 * database while it finishes.
 */
const SUPERVISOR = `
cluster=$1; temporary=$2; shift 2
cd "$cluster" || exit 1
trap '' INT TERM HUP
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
(
  while read -r line; do :; done <&3
  seconds=0
  while [ "/proc/$server/cwd" -ef "$cluster" ]; do
    if [ $seconds -lt 20 ]; then kill -INT $server
    elif [ $seconds -lt 30 ]; then kill -QUIT $server
    else kill -KILL $server
    fi
    seconds=$((seconds + 1))
    sleep 1
  done
) &
watcher=$!
exec 3<&-
wait $server
status=$?
kill -KILL $watcher
if [ -n "$temporary" ]; then rm -f "$temporary"/.s.PGSQL.5432*; rmdir "$temporary"; fi
exit $status
`;

/** Bytes of `server.log` beyond which a start puts it aside as `server.log.1`. */
const LOG_BYTES_MAX = 8 * 1024 * 1024;

/** The longest folder whose socket `…/.s.PGSQL.5432` fits the kernel's 107 bytes. */
export const SOCKET_FOLDER_BYTES_MAX = 107 - '/.s.PGSQL.5432'.length;

/** Where the server's socket lies; a temporary folder is removed by the supervisor when the server has ended. */
export type SocketFolder = { readonly folder: string; readonly isTemporary: boolean };

/** A supervisor that was started; `exited` resolves when the server, and so the supervisor, has ended. */
export type Supervisor = {
  readonly process: ChildProcess;
  readonly logPath: string;
  readonly exited: Promise<void>;
  /** Closes the pipe, on which the server is stopped. */
  release(): void;
};

/** Starts the server on `<place>/cluster` under a supervisor of its own session. It never keeps this process alive. */
export function startSupervisor(place: Place, postgres: string, socket: SocketFolder): Supervisor {
  const logPath = join(place.folder, 'server.log');
  if ((statSync(logPath, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX) renameSync(logPath, `${logPath}.1`);
  const log = openSync(logPath, 'a', 0o600);
  const cluster = join(place.folder, 'cluster');
  const server = spawn(
    '/bin/sh',
    [
      '-c',
      SUPERVISOR,
      'waybill-postgres',
      cluster,
      socket.isTemporary ? socket.folder : '',
      postgres,
      '-D',
      cluster,
      ...settings(socket.folder),
    ],
    {
      stdio: ['pipe', log, log],
      detached: true,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', [SERVED_BY]: identifyProcess(process.pid) ?? '' },
      ...(place.runAs ?? {}),
    },
  );
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
    server.once('error', () => resolve());
  });
  server.unref();
  // The supervisor may be gone when the pipe is closed; that is no error.
  server.stdin?.on('error', () => undefined);
  return { process: server, logPath, exited, release: () => server.stdin?.end() };
}

/** Given on the command line, where `postgresql.auto.conf` cannot override them and each start is up to date. */
function settings(socketFolder: string): readonly string[] {
  const values: Readonly<Record<string, string>> = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    port: '5432',
    max_connections: '100',
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // Statements can hold what must not lie in a log file.
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
