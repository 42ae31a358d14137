import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { checkServer, openPool } from '../../src/postgres/pool.ts';
import { createTestDatabase } from '../harness/test-database.ts';

test('gives each test a database of its own that the service can reach', async () => {
  await using database = await createTestDatabase();
  const pool = openPool(database.serviceUrl, { max: 2, applicationName: 'test', setRole: database.setRole });
  await checkServer(pool);
  const { rows } = await pool.query('SELECT current_user AS name, current_database() AS database');
  assert.equal(rows[0].name, 'waybill_service');
  await pool.end();
});
