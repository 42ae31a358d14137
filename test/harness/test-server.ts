import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/postgres/embedded/start-embedded-postgres.ts';
import type { SERVICE_ROLE } from '../../src/postgres/pool.ts';
import { resolveDatabase } from '../../src/postgres/resolve-database.ts';

/** A server for tests. `adminUrl` may create databases; the others are those of a service. All name some database. */
export type TestServer = {
  readonly adminUrl: string;
  readonly ownerUrl: string;
  readonly serviceUrl: string;
  readonly setRole?: typeof SERVICE_ROLE;
};

/** Environment variable in which the test runner hands its server to the test files, as JSON. */
export const TEST_SERVER_VARIABLE = 'WAYBILL_TEST_POSTGRES';

/** The server that this run's environment names; undefined when tests have to start one. */
export async function readServerFromEnvironment(): Promise<TestServer | undefined> {
  const handed = process.env[TEST_SERVER_VARIABLE];
  if (handed !== undefined) return JSON.parse(handed) as TestServer;
  const databaseUrl = process.env.TEST_DATABASE_URL ?? process.env.DATABASE_URL;
  if (databaseUrl === undefined) return undefined;
  const databaseOwnerUrl = process.env.TEST_DATABASE_OWNER_URL ?? process.env.DATABASE_OWNER_URL;
  const found = await resolveDatabase({ databaseUrl, databaseOwnerUrl, dataFolder: '' });
  return {
    adminUrl: found.ownerUrl,
    ownerUrl: found.ownerUrl,
    serviceUrl: found.serviceUrl,
    ...(found.setRole === undefined ? {} : { setRole: found.setRole }),
  };
}

/** Starts an embedded server in a new temporary folder, and removes that folder when it stops. */
export async function startTestServer(): Promise<TestServer & { stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  // Root's temporary folder must be one that the system user who runs the server can enter.
  chmodSync(folder, 0o711);
  let running: EmbeddedPostgres;
  try {
    running = await startEmbeddedPostgres({ dataFolder: join(folder, 'postgres') });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    adminUrl: running.superuserUrl,
    ownerUrl: running.ownerUrl,
    serviceUrl: running.serviceUrl,
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
