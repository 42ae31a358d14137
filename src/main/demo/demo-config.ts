import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, Environment } from '../../config/config.ts';
import { createOwnDatabase } from './demo-database.ts';

/** A configuration whose every folder lies in `folder`, and what takes away again what lies elsewhere. */
export type DemoConfig = { readonly config: Config; readonly cleanUp: () => Promise<void> };

/**
 * A service of the demonstration's own: own keys, data, state and a free port. With DATABASE_URL it uses a database of
 * its own on that server, which ends with it; without, a Postgres of its own.
 */
export async function makeDemoConfig(folder: string, environment: Environment): Promise<DemoConfig> {
  const dataFolder = join(folder, 'data');
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
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
