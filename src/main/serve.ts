import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Config, ConfigError, readPassphrase } from '../config/config.ts';
import { createHttpApp } from '../http/app.ts';
import { createHttpServer } from '../http/http-server.ts';
import { openServiceKeys, SERVICE_KEY_NAMES } from '../keys/service-keys.ts';
import { migrate } from '../postgres/migrate.ts';
import { type ResolvedDatabase, resolveDatabase } from '../postgres/resolve-database.ts';
import { openService } from '../service/open-service.ts';
import type { Service } from '../service/service.ts';
import { writeBootstrapToken } from './bootstrap-token.ts';
import { openReplica, type Replica } from './open-replica.ts';
import { MIGRATIONS_FOLDER } from './package-folders.ts';
import { readVersion } from './version.ts';

/** Connections at once; more are closed by the server, and a proxy in front queues them. */
const CONNECTIONS_MAX = 1_024;

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
 * before the port opens; what was started until then is stopped again.
 */
export async function startService(config: Config, log: (line: string) => void): Promise<RunningService> {
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 });
  const keys = openKeys(config);
  const anchored = existsSync(join(config.stateFolder, 'anchor.json'));
  const database = await resolveDatabase({
    databaseUrl: config.databaseUrl,
    databaseOwnerUrl: config.databaseOwnerUrl,
    dataFolder: join(config.dataFolder, 'postgres'),
    mustExist: anchored,
    log,
  });
  // Left by a service that was killed. Only now: until the database is ours, another service may be the one it names.
  withdraw(config.dataFolder);
  let replica: Replica | undefined;
  try {
    await migrate(database.ownerUrl, MIGRATIONS_FOLDER);
    replica = await openReplica({
      serviceUrl: database.serviceUrl,
      ...(database.setRole === undefined ? {} : { setRole: database.setRole }),
      connections: config.databaseConnections,
      stateFolder: config.stateFolder,
      keys,
    });
    const tokenFile = join(config.dataFolder, 'admin.token');
    await writeBootstrapToken(replica.context, tokenFile);
    const service = openService(replica.context);
    const { publicLog, logLevel, trustedProxies } = config;
    const server = createHttpServer(
      createHttpApp(service, { version: readVersion(), publicLog, logLevel, trustedProxies }),
    );
    const url = await listen(server, config);
    announce(config.dataFolder, { url, 'log-key': service.logVkey, pid: String(process.pid) });
    return {
      url,
      logVkey: service.logVkey,
      tokenFile,
      service,
      replica,
      database,
      stop: stopper(server, replica, database, config.dataFolder),
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

/** New keys are drawn only where no ledger can exist yet: keys that went missing under an anchor are an incident. */
function openKeys(config: Config) {
  const anchored = existsSync(join(config.stateFolder, 'anchor.json'));
  const none = SERVICE_KEY_NAMES.every((name) => !existsSync(join(config.keysFolder, `${name}.key`)));
  if (anchored && none) {
    throw new ConfigError(`${config.keysFolder} holds no keys, but a ledger was served with some: restore them`);
  }
  return openServiceKeys(config.keysFolder, readPassphrase(config));
}

async function listen(server: Server, config: Config): Promise<string> {
  server.maxConnections = CONNECTIONS_MAX;
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

function stopper(server: Server, replica: Replica, database: ResolvedDatabase, folder: string): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= (async () => {
      withdraw(folder, ['url', 'log-key']);
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), 10_000);
      await closed;
      clearTimeout(cut);
      await replica.close();
      await database.stop();
      withdraw(folder, ['pid']);
    })();
    return stopping;
  };
}
