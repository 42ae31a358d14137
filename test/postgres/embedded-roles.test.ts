import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { query } from '../harness/embedded-folder.ts';
import { startTestServer, type TestServer } from '../harness/test-server.ts';

// Always the embedded server, also when a run is pointed at another one: this is about the roles that we make.
let server: TestServer & { stop(): Promise<void> };
before(async () => {
  server = await startTestServer();
  await query(server.ownerUrl, 'CREATE TABLE owned (value int)');
});
after(() => server.stop());

const FORBIDDEN = '42501';

for (const [what, statement] of [
  ['create a table', 'CREATE TABLE mine (value int)'],
  ['create a schema', 'CREATE SCHEMA mine'],
  ['create a temporary table', 'CREATE TEMP TABLE mine (value int)'],
  ['read a table that was not granted', 'SELECT * FROM owned'],
  ['write a table that was not granted', 'INSERT INTO owned VALUES (1)'],
  ['drop a table of the owner', 'DROP TABLE owned'],
  ['disable triggers of the owner', 'ALTER TABLE owned DISABLE TRIGGER ALL'],
  ['become the owner', 'SET ROLE waybill_owner'],
  ['become superuser', 'SET ROLE waybill_superuser'],
  ['create a role', 'CREATE ROLE friend'],
  ['read password hashes', 'SELECT * FROM pg_authid'],
  ['run a program', `COPY (SELECT 1) TO PROGRAM 'true'`],
  ['read files of the server', `SELECT pg_read_file('postmaster.pid')`],
  ['switch replication of triggers off', 'SET session_replication_role = replica'],
] as const) {
  test(`the service's role may not ${what} (SQLSTATE ${FORBIDDEN})`, async () => {
    await assert.rejects(query(server.serviceUrl, statement), { code: FORBIDDEN });
  });
}

for (const [what, statement] of [
  ['become superuser', 'SET ROLE waybill_superuser'],
  ['become the service', 'SET ROLE waybill_service'],
  ['create a role', 'CREATE ROLE friend'],
  ['create a database', 'CREATE DATABASE another'],
  ['change the password of the service', `ALTER ROLE waybill_service PASSWORD 'known'`],
  ['run a program', `COPY (SELECT 1) TO PROGRAM 'true'`],
  ['switch replication of triggers off', 'SET session_replication_role = replica'],
] as const) {
  test(`the owner's role may not ${what} (SQLSTATE ${FORBIDDEN})`, async () => {
    await assert.rejects(query(server.ownerUrl, statement), { code: FORBIDDEN });
  });
}

for (const name of ['postgres', 'template1']) {
  test(`the service's role may not connect to the database ${name} (SQLSTATE ${FORBIDDEN})`, async () => {
    const url = new URL(server.serviceUrl);
    url.pathname = `/${name}`;
    await assert.rejects(query(url.href, 'SELECT 1'), { code: FORBIDDEN });
  });
}
