import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { migrate, readPendingMigrations } from '../../src/postgres/migrate.ts';
import { assertRefused, makeFolder, query } from '../harness/embedded-folder.ts';
import { createEmptyDatabase } from '../harness/test-database.ts';

const FIRST = 'CREATE TABLE first (value int);\nCREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;\n';

test('applies files in order of their names, once', async (t) => {
  await using database = await createEmptyDatabase();
  const folder = makeMigrations(t, { '0001_first.sql': FIRST, '0002_second.sql': 'INSERT INTO first VALUES (one())' });
  assert.deepEqual(await readPendingMigrations(database.ownerUrl, folder), ['0001_first', '0002_second']);
  assert.deepEqual(await migrate(database.ownerUrl, folder), ['0001_first', '0002_second']);
  assert.deepEqual(await migrate(database.ownerUrl, folder), []);
  assert.deepEqual(await readPendingMigrations(database.ownerUrl, folder), []);
  assert.deepEqual(await query(database.ownerUrl, 'SELECT value FROM first'), [{ value: 1 }]);

  writeFileSync(join(folder, '0003_third.sql'), 'INSERT INTO first VALUES (3)');
  assert.deepEqual(await migrate(database.ownerUrl, folder), ['0003_third']);
});

test('lets eight starters at once apply each file exactly once', async (t) => {
  await using database = await createEmptyDatabase();
  const slow = 'SELECT pg_sleep(0.2); INSERT INTO first VALUES (2)';
  const folder = makeMigrations(t, { '0001_first.sql': FIRST, '0002_slow.sql': slow });
  const applied = await Promise.all(Array.from({ length: 8 }, () => migrate(database.ownerUrl, folder)));
  assert.deepEqual(applied.flat().sort(), ['0001_first', '0002_slow']);
  assert.deepEqual(await query(database.ownerUrl, 'SELECT value FROM first'), [{ value: 2 }]);
});

test('refuses a database that knows more than the code (database/newer-than-code)', async (t) => {
  await using database = await createEmptyDatabase();
  const folder = makeMigrations(t, { '0001_first.sql': FIRST, '0002_second.sql': 'SELECT 1' });
  await migrate(database.ownerUrl, folder);
  rmSync(join(folder, '0002_second.sql'));
  await assertRefused(migrate(database.ownerUrl, folder), 'database/newer-than-code');
  await assertRefused(readPendingMigrations(database.ownerUrl, folder), 'database/newer-than-code');
});

test('refuses an applied migration that was edited, even by one blank (database/migration-edited)', async (t) => {
  await using database = await createEmptyDatabase();
  const folder = makeMigrations(t, { '0001_first.sql': FIRST });
  await migrate(database.ownerUrl, folder);
  writeFileSync(join(folder, '0001_first.sql'), `${FIRST} `);
  writeFileSync(join(folder, '0002_second.sql'), 'CREATE TABLE second (value int)');
  await assertRefused(migrate(database.ownerUrl, folder), 'database/migration-edited');
  assert.deepEqual(await query(database.ownerUrl, `SELECT to_regclass('second') AS second`), [{ second: null }]);
});

test('leaves nothing of a migration that fails half way (database/migration-failed)', async (t) => {
  await using database = await createEmptyDatabase();
  const folder = makeMigrations(t, {
    '0001_first.sql': FIRST,
    '0002_bad.sql': 'CREATE TABLE half (v int); SELECT 1/0',
  });
  await assertRefused(migrate(database.ownerUrl, folder), 'database/migration-failed');
  const found = await query(database.ownerUrl, `SELECT to_regclass('first') AS first, to_regclass('half') AS half`);
  assert.deepEqual(found, [{ first: null, half: null }]);
});

test('refuses a migration inserted before applied ones (database/migration-failed)', async (t) => {
  await using database = await createEmptyDatabase();
  const folder = makeMigrations(t, { '0002_first.sql': FIRST });
  await migrate(database.ownerUrl, folder);
  writeFileSync(join(folder, '0001_earlier.sql'), 'SELECT 1');
  await assertRefused(migrate(database.ownerUrl, folder), 'database/migration-failed');
});

function makeMigrations(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = makeFolder(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
