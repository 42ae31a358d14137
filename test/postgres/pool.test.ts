import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { checkServer, openKysely, openPool, parseSeq } from '../../src/postgres/pool.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { createTestDatabase } from '../harness/test-database.ts';

test('runs as the service in a database of its own, with every bound set', async () => {
  await using database = await createTestDatabase();
  const pool = openPool(database.serviceUrl, { max: 2, applicationName: 'waybill test', setRole: database.setRole });
  await checkServer(pool);
  const kysely = openKysely<Record<string, never>>(pool);
  const { rows } = await sql<Record<string, string>>`
    SELECT current_user AS role, current_setting('statement_timeout') AS statement,
           current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle,
           current_setting('synchronous_commit') AS commit, current_setting('search_path') AS path,
           current_setting('application_name') AS name, current_setting('TimeZone') AS zone`.execute(kysely);
  await kysely.destroy();
  assert.deepEqual(rows[0], {
    role: 'waybill_service',
    statement: '5s',
    lock: '3s',
    idle: '5s',
    commit: 'on',
    path: 'public',
    name: 'waybill test',
    zone: 'UTC',
  });
});

test('keeps a bigint beyond 2^53 exact and bytea as bytes', async () => {
  await using database = await createTestDatabase();
  const pool = openPool(database.serviceUrl, { max: 1, applicationName: 'waybill test', setRole: database.setRole });
  const { rows } = await pool.query(`SELECT 9007199254740993::bigint AS seq, '\\x00ff'::bytea AS bytes`);
  await pool.end();
  assert.equal(rows[0].seq, '9007199254740993');
  assert.deepEqual([...rows[0].bytes], [0, 255]);
});

test('reads sequence numbers up to 2^53 - 1, and nothing else that somebody wrote there (database/projection-differs)', () => {
  assert.equal(parseSeq('0'), 0);
  assert.equal(parseSeq('2147483648'), 2 ** 31);
  assert.equal(parseSeq('9007199254740991'), Number.MAX_SAFE_INTEGER);
  for (const text of ['9007199254740992', '-1', '01', '1.0', '1e3', '', ' 1', 'NaN']) {
    assert.throws(() => parseSeq(text), { name: 'ServiceError', fault: refusal(text) }, text);
  }
});

function refusal(text: string) {
  const message = `The database holds ${text} where a sequence number stands: run waybill audit.`;
  return { code: 'database/projection-differs', message };
}

test('says that a server does not answer, without its password (database/unreachable)', async () => {
  const pool = openPool('postgresql://user:secret@%2Fnonexistent:5432/waybill', { max: 1, applicationName: 'test' });
  await assertRefused(checkServer(pool), 'database/unreachable');
  await assert.rejects(checkServer(pool), (error: Error) => !error.message.includes('secret'));
  await pool.end();
});

for (const [name, values, code] of [
  ['fsync off', { fsync: 'off' }, 'database/unsafe-settings'],
  ['full_page_writes off', { fullPageWrites: 'off' }, 'database/unsafe-settings'],
  ['Postgres 14', { version: '140012', versionText: '14.12' }, 'database/too-old'],
] as const) {
  test(`refuses a server with ${name} (${code})`, async () => {
    // What such a server would answer: neither can be had from the server under test.
    const row = { version: '180004', versionText: '18.4', fsync: 'on', fullPageWrites: 'on', ...values };
    await assertRefused(checkServer({ query: async () => ({ rows: [row] }) }), code);
  });
}
