import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Config, ConfigError, readPassphrase } from '../config/config.ts';
import { type ControlSet, parseControlKeys } from '../core/control/control-keys.ts';
import type { AdmissionLimits } from '../http/admission.ts';
import { createHttpApp, type HttpOptions } from '../http/app.ts';
import { openConsoleFiles } from '../http/console-files.ts';
import { type ConnectionLimits, createHttpServer } from '../http/http-server.ts';
import type { RateLimit } from '../http/rate-limits.ts';
import { openAnchorFile } from '../keys/anchor-file.ts';
import { ORIGIN_FILE } from '../keys/origin-file.ts';
import { openServiceKeys, SERVICE_KEY_NAMES } from '../keys/service-keys.ts';
import { surveyDatabase } from '../postgres/cluster-guard.ts';
import { migrate } from '../postgres/migrate.ts';
import { type ResolvedDatabase, resolveDatabase } from '../postgres/resolve-database.ts';
import { openService } from '../service/open-service.ts';
import type { Service } from '../service/service.ts';
import { writeBootstrapToken } from './bootstrap-token.ts';
import { anchorPath, hasServed, openReplica, type Replica, type ReplicaOptions } from './open-replica.ts';
import { MIGRATIONS_FOLDER, WEB_FOLDER } from './package-folders.ts';
import { readVersion } from './version.ts';

/** Connections at once; more are closed by the server, and a proxy in front queues them. */
const CONNECTIONS_MAX = 1_024;
/** Half of them: one address must not keep out all others. */
const CONNECTIONS_PER_ADDRESS_MAX = 512;
/** How long news waits until webhooks are told of it, at most, on a service that is not behind. */
const NOTICE_MS = 1_000;
/** What the configured rates are counted over. */
const RATE_SECONDS = 10;

/** A running service. `stop` answers what was accepted, then ends the database that was started with it. */
export type RunningService = {
  readonly url: string;
  readonly logVkey: string;
  /** File with the bootstrap administrator's token. */
  readonly tokenFile: string;
  readonly service: Service;
  readonly replica: Replica;
  readonly database: ResolvedDatabase;
  readonly stop: () => Promise<void>;
};

/**
 * Starts the service: keys, database, migrations, ledger, HTTP. Everything that could make a start unsafe is refused
 * before the port opens; what was started until then is stopped again. `intervals`: how often the service looks by itself.
 */
export async function startService(
  config: Config,
  log: (line: string) => void,
  intervals: Pick<ReplicaOptions, 'sweepMs' | 'noticeMs'> = {},
): Promise<RunningService> {
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 });
  const keys = openKeys(config);
  const database = await resolveDatabase({
    databaseUrl: config.databaseUrl,
    databaseOwnerUrl: config.databaseOwnerUrl,
    dataFolder: join(config.dataFolder, 'postgres'),
    mustExist: hasServed(config),
    log,
  });
  // Left by a service that was killed. Only now: until the database is ours, another service may be the one it names.
  withdraw(config.dataFolder);
  let replica: Replica | undefined;
  try {
    const known = await openAnchorFile(anchorPath(config.stateFolder)).read();
    const { hasLog } = await surveyDatabase(database.ownerUrl, known?.cluster);
    await migrate(database.ownerUrl, MIGRATIONS_FOLDER);
    replica = await openReplica({
      serviceUrl: database.serviceUrl,
      ...(database.setRole === undefined ? {} : { setRole: database.setRole }),
      connections: config.databaseConnections,
      stateFolder: config.stateFolder,
      keys,
      originFile: join(config.keysFolder, ORIGIN_FILE),
      isDevelopment: config.passphraseFile === undefined,
      sawNoLog: !hasLog,
      ...controlOf(config),
      runSecondsMax: config.runSecondsMax,
      webhookNetworks: config.webhookNetworks ?? [],
      noticeMs: NOTICE_MS,
      ...intervals,
      isShared: database.kind === 'external',
      log,
    });
    const tokenFile = join(config.dataFolder, 'admin.token');
    await writeBootstrapToken(replica.context, tokenFile);
    const service = openService(replica.context);
    const { publicLog, logLevel, trustedProxies } = config;
    const limits = limitsOf(config);
    const stopping = new AbortController();
    const app = createHttpApp(service, {
      version: readVersion(),
      publicLog,
      logLevel,
      trustedProxies,
      limits,
      databaseConnections: replica.connections,
      ...consoleOf(WEB_FOLDER, log),
      stopping: stopping.signal,
    });
    const server = createHttpServer(app, {}, connectionsOf(config));
    const url = await listen(server, config);
    announce(config.dataFolder, { url, 'log-key': service.logVkey, pid: String(process.pid) });
    return {
      url,
      logVkey: service.logVkey,
      tokenFile,
      service,
      replica,
      database,
      stop: stopper({ server, stopping, replica, database, folder: config.dataFolder }),
    };
  } catch (error) {
    await replica?.close();
    await database.stop();
    throw error;
  }
}

/**
 * Files of the data folder that say where and as what a service runs, for scripts. They go when the service stops: the
 * address first, the process id last, once the database is down.
 */
const ANNOUNCED = ['url', 'log-key', 'pid'] as const;

/** `url` comes last: once it is there, so are the others. */
function announce(folder: string, values: Readonly<Record<(typeof ANNOUNCED)[number], string>>): void {
  for (const name of [...ANNOUNCED].reverse()) {
    writeFileSync(join(folder, `${name}.new`), `${values[name]}\n`);
    renameSync(join(folder, `${name}.new`), join(folder, name));
  }
}

function withdraw(folder: string, names: readonly (typeof ANNOUNCED)[number][] = ANNOUNCED): void {
  for (const name of names) rmSync(join(folder, name), { force: true });
}

/** The console, where this installation holds one: without development dependencies none is built from source. */
function consoleOf(folder: string, log: (line: string) => void): Pick<HttpOptions, 'console'> {
  const place = join(folder, 'console');
  if (existsSync(place)) return { console: openConsoleFiles(place) };
  log('note: there is no console, and no report as a page: npm run build makes them');
  return {};
}

/** The control keys that are configured: public keys and a threshold, whose private halves are elsewhere. */
export function controlOf({ controlKeysFile }: Config): { readonly control?: ControlSet } {
  if (controlKeysFile === undefined) return {};
  const set = parseControlKeys(readFileSync(controlKeysFile));
  if (set.ok) return { control: set.value };
  const at = set.fault.at === undefined ? '' : ` at ${set.fault.at}`;
  throw new ConfigError(`WAYBILL_CONTROL_KEYS: ${set.fault.message}${at}`);
}

/** New keys are drawn only where no ledger can exist yet: keys that went missing under an anchor are an incident. */
function openKeys(config: Config) {
  const none = SERVICE_KEY_NAMES.every((name) => !existsSync(join(config.keysFolder, `${name}.key`)));
  if (hasServed(config) && none) {
    throw new ConfigError(`${config.keysFolder} holds no keys, but a ledger was served with some: restore them`);
  }
  return openServiceKeys(config.keysFolder, readPassphrase(config));
}

function limitsOf({ limits = {} }: Config): AdmissionLimits {
  const rate = (points: number): RateLimit => ({ points, durationSeconds: RATE_SECONDS });
  return {
    ...(limits.reads === undefined ? {} : { reads: rate(limits.reads) }),
    ...(limits.writes === undefined ? {} : { writes: rate(limits.writes) }),
    ...(limits.judgements === undefined ? {} : { judgements: rate(limits.judgements) }),
    ...(limits.anonymous === undefined ? {} : { anonymous: rate(limits.anonymous) }),
    ...(limits.judgementsAtOnce === undefined ? {} : { judgementsAtOnce: limits.judgementsAtOnce }),
  };
}

/** Behind proxies all connections come from theirs, so that addresses say nothing. */
function connectionsOf({ limits = {}, trustedProxies }: Config): ConnectionLimits {
  const connectionsMax = limits.connections ?? CONNECTIONS_MAX;
  if (trustedProxies > 0) return { connectionsMax };
  return { connectionsMax, connectionsPerAddressMax: limits.connectionsPerAddress ?? CONNECTIONS_PER_ADDRESS_MAX };
}

async function listen(server: Server, config: Config): Promise<string> {
  const bound = await tryListen(server, config.host, config.port);
  if (!bound && config.portRequired) throw new ConfigError(`port ${config.port} is taken; set WAYBILL_PORT to another`);
  if (!bound && !(await tryListen(server, config.host, 0))) throw new ConfigError(`cannot listen on ${config.host}`);
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function tryListen(server: Server, host: string, port: number): Promise<boolean> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
}

/**
 * Answers what has begun, and takes nothing more: every further answer closes its connection, and one that falls idle is
 * closed, so that clients and proxies turn to another replica. Who does not finish within ten seconds is cut off.
 */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), 10_000);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}

type Stopped = {
  readonly server: Server;
  readonly stopping: AbortController;
  readonly replica: Replica;
  readonly database: ResolvedDatabase;
  readonly folder: string;
};

function stopper({ server, stopping, replica, database, folder }: Stopped): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= (async () => {
      withdraw(folder, ['url', 'log-key']);
      stopping.abort();
      await closeServer(server);
      await replica.close();
      await database.stop();
      withdraw(folder, ['pid']);
    })();
    return stopped;
  };
}
