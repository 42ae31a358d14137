import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import pg from 'pg';
import { migrate } from '../../src/postgres/migrate.ts';
import { readServerFromEnvironment, startTestServer, type TestServer } from './test-server.ts';

/** A database of its own, migrated and empty. `adminUrl` is a superuser's where the server gave one. */
export type TestDatabase = TestServer & { drop(): Promise<void>; [Symbol.asyncDispose](): Promise<void> };

const MIGRATIONS_FOLDER = join(import.meta.dirname, '..', '..', 'migrations');

/**
 * Creates a database with all migrations applied, by cloning a template made once per server and set of migrations.
 * The server is the runner's, else that of TEST_DATABASE_URL or DATABASE_URL, else an embedded one that this process
 * starts and that ends with it. Drop it, or declare it with `await using`.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await findServer();
  const template = await prepareTemplate(server);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await createDatabase(server, name, template);
  const drop = () => runAsAdmin(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  return { ...serverOnDatabase(server, name), drop, [Symbol.asyncDispose]: drop };
}

/** A database without any migration, for tests of migrating itself. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const server = await findServer();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await createDatabase(server, name, 'template0');
  const drop = () => runAsAdmin(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  return { ...serverOnDatabase(server, name), drop, [Symbol.asyncDispose]: drop };
}

let serverPromise: Promise<TestServer> | undefined;
let stopOwn: (() => Promise<void>) | undefined;
const templates = new Map<string, Promise<string>>();

// The outermost hook of the test file: runs after its last test.
after(async () => {
  await stopOwn?.();
});

function findServer(): Promise<TestServer> {
  serverPromise ??= (async () => {
    const given = await readServerFromEnvironment();
    if (given !== undefined) return given;
    const own = await startTestServer();
    stopOwn = own.stop;
    return own;
  })();
  return serverPromise;
}

function prepareTemplate(server: TestServer): Promise<string> {
  const name = `waybill_template_${hashTemplate(server)}`;
  let prepared = templates.get(name);
  if (prepared === undefined) {
    prepared = makeTemplate(server, name);
    templates.set(name, prepared);
  }
  return prepared;
}

/** Built under another name and renamed when whole; the lock keeps test files from building it twice. */
async function makeTemplate(server: TestServer, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  try {
    await admin.query(`SELECT pg_advisory_lock(hashtext('waybill test template'))`);
    const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 1) return name;
    const unfinished = `${name}_new`;
    await admin.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
    await createDatabase(server, unfinished, 'template0');
    await migrate(withDatabase(server.ownerUrl, unfinished), MIGRATIONS_FOLDER);
    await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`);
    return name;
  } finally {
    await admin.end();
  }
}

/** A template serves one set of migrations and one owner; on a server that stays it is found by the next run. */
function hashTemplate(server: TestServer): string {
  const hash = createHash('sha256').update(`${new URL(server.ownerUrl).username}\0`);
  for (const name of readdirSync(MIGRATIONS_FOLDER).sort()) {
    hash.update(`${name}\0`).update(readFileSync(join(MIGRATIONS_FOLDER, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The rights that the embedded database has too: its owner everything, the service a connection, others nothing. */
async function createDatabase(server: TestServer, name: string, template: string): Promise<void> {
  const owner = decodeURIComponent(new URL(server.ownerUrl).username);
  const service = decodeURIComponent(new URL(server.serviceUrl).username);
  await runAsAdmin(
    server,
    `CREATE DATABASE ${name} TEMPLATE ${template} OWNER "${owner}"`,
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${name} TO "${service}"`,
  );
}

async function runAsAdmin(server: TestServer, ...statements: readonly string[]): Promise<void> {
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}

function serverOnDatabase(server: TestServer, name: string): TestServer {
  return {
    adminUrl: withDatabase(server.adminUrl, name),
    ownerUrl: withDatabase(server.ownerUrl, name),
    serviceUrl: withDatabase(server.serviceUrl, name),
    ...(server.setRole === undefined ? {} : { setRole: server.setRole }),
  };
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
