import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, Environment } from '../../config/config.ts';
import { createOwnDatabase } from './scratch-database.ts';

/** A configuration whose every folder lies in `folder`, and what takes away again what lies elsewhere. */
export type ScratchConfig = { readonly config: Config; readonly cleanUp: () => Promise<void> };

/**
 * A scratch service: own keys, data, state and a free port. With DATABASE_URL it uses a database of
 * its own on that server, which ends with it; without, a Postgres of its own.
 */
export async function makeScratchConfig(folder: string, environment: Environment): Promise<ScratchConfig> {
  const dataFolder = join(folder, 'data');
  // As the folder above it: what is secret in it has a mode of its own, and the database lies in it for root as well.
  mkdirSync(dataFolder, { recursive: true, mode: 0o711 });
  const config: Config = {
    dataFolder,
    keysFolder: join(folder, 'keys'),
    stateFolder: join(folder, 'state'),
    host: '127.0.0.1',
    port: 0,
    portRequired: true,
    databaseConnections: 8,
    publicLog: false,
    trustedProxies: 0,
    runSecondsMax: 86_400,
    logLevel: 'silent',
  };
  const ownerUrl = environment.DATABASE_OWNER_URL === '' ? undefined : environment.DATABASE_OWNER_URL;
  const databaseUrl = environment.DATABASE_URL === '' ? undefined : environment.DATABASE_URL;
  const given = databaseUrl ?? ownerUrl;
  if (given === undefined) return { config, cleanUp: async () => undefined };
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 });
  const { drop, ...urls } = await createOwnDatabase(given, ownerUrl);
  return { config: { ...config, ...urls, passphraseFile }, cleanUp: drop };
}

/**
 * Removes the folder of a scratch service that has stopped, and the data of its embedded Postgres, which lies elsewhere
 * where the system user that it ran as cannot reach the folder.
 */
export function removeScratch(folder: string): void {
  const postgres = join(folder, 'data', 'postgres');
  if (existsSync(postgres)) rmSync(realpathSync(postgres), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}
