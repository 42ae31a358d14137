import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openPool } from '../../src/postgres/pool.ts';
import { ensureServiceRole, resolveDatabase } from '../../src/postgres/resolve-database.ts';
import { assertRefused, makeFolder, query } from '../harness/embedded-folder.ts';
import { startTestServer, type TestServer } from '../harness/test-server.ts';

// A server of its own, taken as an external one: these tests make and drop roles, which belong to the whole server.
let server: TestServer & { stop(): Promise<void> };
const dataFolder = '/nonexistent';
before(async () => {
  server = await startTestServer();
  await query(server.adminUrl, `CREATE ROLE tenant LOGIN CREATEROLE PASSWORD 'tenant'`);
  await query(server.adminUrl, `CREATE ROLE plain LOGIN PASSWORD 'plain'`);
  await query(server.adminUrl, 'GRANT CONNECT ON DATABASE waybill TO tenant, plain');
});
after(() => server.stop());

test('starts the embedded server when no URL is given, with two roles', async (t) => {
  const found = await resolveDatabase({ dataFolder: join(makeFolder(t), 'postgres') });
  assert.equal(found.roles, 'two');
  assert.equal(found.kind, 'embedded');
  assert.equal(found.setRole, undefined);
  await found.stop();
});

test('takes two URLs as two roles', async () => {
  const found = await resolveDatabase({
    databaseUrl: server.serviceUrl,
    databaseOwnerUrl: server.ownerUrl,
    dataFolder,
  });
  assert.equal(found.roles, 'two');
  assert.equal(found.setRole, undefined);
  assert.equal(await userOf(found.serviceUrl, found.setRole), 'waybill_service');
});

test('takes a single URL as one role, and serves under SET ROLE', async () => {
  for (const databaseUrl of [server.adminUrl, urlAs('tenant')]) {
    if (databaseUrl !== server.adminUrl) await query(server.adminUrl, 'GRANT waybill_service TO tenant');
    const found = await resolveDatabase({ databaseUrl, dataFolder });
    assert.equal(found.roles, 'one');
    assert.equal(found.setRole, 'waybill_service');
    assert.equal(await userOf(found.serviceUrl, found.setRole), 'waybill_service');
  }
});

test('calls two URLs one role when the service could act as the owner', async () => {
  const found = await resolveDatabase({ databaseUrl: server.adminUrl, databaseOwnerUrl: server.ownerUrl, dataFolder });
  assert.equal(found.roles, 'one');
  assert.equal(await userOf(found.serviceUrl, found.setRole), 'waybill_service');
});

test('refuses a service login that is no member of waybill_service (database/role-missing)', async () => {
  await assertRefused(
    resolveDatabase({ databaseUrl: urlAs('plain'), databaseOwnerUrl: server.ownerUrl, dataFolder }),
    'database/role-missing',
  );
});

test('serves under SET ROLE when the service login has another name and is a member', async () => {
  await query(server.adminUrl, 'GRANT waybill_service TO plain');
  const found = await resolveDatabase({ databaseUrl: urlAs('plain'), databaseOwnerUrl: server.ownerUrl, dataFolder });
  assert.equal(found.roles, 'two');
  assert.equal(await userOf(found.serviceUrl, found.setRole), 'waybill_service');
});

test('creates the role once when eight starters find it missing', async () => {
  await using other = await freshServer();
  await query(other.adminUrl, 'REVOKE ALL ON DATABASE waybill FROM waybill_service');
  await query(other.adminUrl, 'DROP ROLE waybill_service');
  await query(other.adminUrl, `CREATE ROLE tenant LOGIN CREATEROLE PASSWORD 'tenant'`);
  await query(other.adminUrl, 'GRANT CONNECT ON DATABASE waybill TO tenant');
  const url = urlAs('tenant', other);
  await Promise.all(Array.from({ length: 8 }, () => ensureServiceRole(url)));
  assert.equal(await userOf(url, 'waybill_service'), 'waybill_service');
  const [role] = await query(other.adminUrl, `SELECT rolcanlogin FROM pg_roles WHERE rolname = 'waybill_service'`);
  assert.deepEqual(role, { rolcanlogin: false });
});

test('says which SQL to run when the role is missing and may not be made (database/role-missing)', async () => {
  await using other = await freshServer();
  await query(other.adminUrl, 'REVOKE ALL ON DATABASE waybill FROM waybill_service');
  await query(other.adminUrl, 'DROP ROLE waybill_service');
  await assertRefused(resolveDatabase({ databaseUrl: other.ownerUrl, dataFolder }), 'database/role-missing');
});

test('says that nobody answers at the URL (database/unreachable)', async () => {
  const databaseUrl = 'postgresql://nobody@%2Fnonexistent:5432/waybill';
  await assertRefused(resolveDatabase({ databaseUrl, dataFolder }), 'database/unreachable');
});

async function freshServer() {
  const started = await startTestServer();
  return { ...started, [Symbol.asyncDispose]: started.stop };
}

function urlAs(user: string, on: TestServer = server): string {
  const url = new URL(on.adminUrl);
  url.username = user;
  url.password = user;
  return url.href;
}

async function userOf(url: string, setRole: 'waybill_service' | undefined): Promise<string> {
  const pool = openPool(url, { max: 1, applicationName: 'test', setRole });
  try {
    return (await pool.query('SELECT current_user AS name')).rows[0].name;
  } finally {
    await pool.end();
  }
}
