import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import { openAnchorFile } from '../../src/keys/anchor-file.ts';
import { openServiceKeys } from '../../src/keys/service-keys.ts';
import { openReplica } from '../../src/main/open-replica.ts';
import { DatabaseError } from '../../src/postgres/database-error.ts';
import { migrate, readPendingMigrations } from '../../src/postgres/migrate.ts';
import { openKysely, openPool } from '../../src/postgres/pool.ts';
import { rebuildProjections } from '../../src/postgres/rebuild-projections.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import { OPENING_ENTRIES } from '../../src/service/open-log.ts';
import { openService } from '../../src/service/open-service.ts';
import { makeFolder } from '../harness/embedded-folder.ts';
import { attestStage, audit, growLedger, IMAGE } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { createEmptyDatabase, type TestDatabase } from '../harness/test-database.ts';

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'migrations');
const FILES = readdirSync(MIGRATIONS)
  .filter((name) => name.endsWith('.sql'))
  .sort();

/** The migration that came with entries of version 1: what older programs wrote before it cannot be lifted. */
const FROZEN = FILES.indexOf('0006_map.sql');

for (const [index, from] of FILES.entries()) {
  if (index < FROZEN) {
    test(`a database under ${from} that holds no entries comes up to the newest migration, and a log is opened in it`, async (t) => {
      await using service = await openServiceUnderTest();
      await using old = await createEmptyDatabase();
      await migrate(old.ownerUrl, migrationsUpTo(t, index));
      await assertMigrates(old, index);
      assert.deepEqual(await schemaObjects(old), await schemaObjects(service.database));
      await assertOpens(t, old);
    });
    test(`a ledger of entry version 0 under ${from} is refused, and stays as it is (database/unreleased-ledger)`, async (t) => {
      await using service = await openServiceUnderTest();
      await using old = await createEmptyDatabase();
      await migrate(old.ownerUrl, migrationsUpTo(t, index));
      await insertVersion0(service, old);
      const before = await schemaObjects(old);
      for (const start of [migrate, readPendingMigrations])
        await assert.rejects(
          start(old.ownerUrl, MIGRATIONS),
          (error) => error instanceof DatabaseError && error.fault.code === 'database/unreleased-ledger',
        );
      assert.deepEqual(await schemaObjects(old), before);
    });
    continue;
  }
  test(`a ledger under ${from} comes up to the newest migration whole, and goes on`, async (t) => {
    await using service = await openServiceUnderTest();
    await growLedger(service, 5);
    await using old = await createEmptyDatabase();
    await migrate(old.ownerUrl, migrationsUpTo(t, index));
    await copyKnownTables(service.database, old);
    await assertMigrates(old, index);
    // Projections that a migration brings are filled as docs/guides/operator.md says: by a rebuild.
    await rebuild(old.ownerUrl);
    assert.deepEqual(await findings(service, old), []);
    assert.deepEqual(await schemaObjects(old), await schemaObjects(service.database));
    await assertGoesOn(service, old);
  });
}

test('a verdict that was recorded before 0015_verdict_cut.sql keeps the size of the tree that it judged', async (t) => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  const recorded = await openService(service.context).recordVerdict(service.admin, { digest: IMAGE });
  assert(recorded.ok);
  await using old = await createEmptyDatabase();
  await migrate(old.ownerUrl, migrationsUpTo(t, FILES.indexOf('0015_verdict_cut.sql') - 1));
  await copyKnownTables(service.database, old);
  await migrate(old.ownerUrl, MIGRATIONS);
  const [written, lifted] = await Promise.all([service.database, old].map(recordedVerdicts));
  assert.equal(lifted?.length, 1);
  assert.deepEqual(lifted, written);
});

async function recordedVerdicts({ adminUrl }: TestDatabase): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return (await client.query('SELECT * FROM recorded_verdict')).rows;
  } finally {
    await client.end();
  }
}

async function assertMigrates(old: TestDatabase, from: number): Promise<void> {
  const applied = await migrate(old.ownerUrl, MIGRATIONS);
  assert.deepEqual(
    applied.map((name) => `${name}.sql`),
    FILES.slice(from + 1),
  );
}

/** Entry 0 as a program before the first release wrote it. */
async function insertVersion0(service: ServiceUnderTest, old: TestDatabase): Promise<void> {
  const [opened] = await service.context.store.entryRange(0, 1);
  const text = new TextDecoder().decode(opened?.bytes);
  const leaf = Buffer.from(text.replace('"v":1', '"v":0').replace('waybill/map/v1', 'none'));
  assert(leaf.includes('"mapRule":"none"') && leaf.includes('"v":0'));
  const client = new pg.Client({ connectionString: old.adminUrl });
  await client.connect();
  try {
    await client.query('INSERT INTO entry (seq, leaf) VALUES (0, $1)', [leaf]);
  } finally {
    await client.end();
  }
}

/** A first start over the upgraded database. */
async function assertOpens(t: TestContext, database: TestDatabase): Promise<void> {
  const folder = makeFolder(t);
  const keys = openServiceKeys(join(folder, 'keys'), undefined);
  const replica = await openReplica({
    serviceUrl: database.serviceUrl,
    ...(database.setRole === undefined ? {} : { setRole: database.setRole }),
    connections: 4,
    stateFolder: join(folder, 'state'),
    keys,
  });
  try {
    const { origin } = replica.context.store;
    const result = await audit(database.ownerUrl, { origin, authenticator: keys.headAuthenticator });
    assert.deepEqual([result.findings, result.size], [[], OPENING_ENTRIES]);
  } finally {
    await replica.close();
  }
}

/** The migrations as they were when the one at `index` was the newest. */
function migrationsUpTo(t: TestContext, index: number): string {
  const folder = makeFolder(t);
  for (const name of FILES.slice(0, index + 1)) cpSync(join(MIGRATIONS, name), join(folder, name));
  return folder;
}

/** Every row of every table and column that the older schema has, as its own service would have written it. */
async function copyKnownTables(source: TestDatabase, target: TestDatabase): Promise<void> {
  const from = new pg.Client({ connectionString: source.adminUrl });
  const to = new pg.Client({ connectionString: target.adminUrl });
  await Promise.all([from.connect(), to.connect()]);
  try {
    const { rows } = await to.query<{ table: string; columns: string[] }>(`
      SELECT table_name AS table, array_agg(column_name::text ORDER BY ordinal_position) AS columns
      FROM information_schema.columns
      WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name NOT LIKE '%migration%'
        AND table_name <> 'ledger_lock' GROUP BY table_name`);
    assert(rows.some(({ table }) => table === 'entry'));
    for (const { table, columns } of rows) {
      const names = columns.map((column) => `"${column}"`).join(', ');
      const found = await from.query({ text: `SELECT ${names} FROM "${table}" ORDER BY 1`, rowMode: 'array' });
      const places = columns.map((_, at) => `$${at + 1}`).join(', ');
      for (const row of found.rows) await to.query(`INSERT INTO "${table}" (${names}) VALUES (${places})`, row);
    }
  } finally {
    await Promise.all([from.end(), to.end()]);
  }
}

async function rebuild(ownerUrl: string): Promise<void> {
  const owner = openKysely<Tables>(openPool(ownerUrl, { max: 1, applicationName: 'rebuild' }));
  try {
    assert((await rebuildProjections(owner)) > 5);
  } finally {
    await owner.destroy();
  }
}

async function findings(service: ServiceUnderTest, database: TestDatabase): Promise<readonly unknown[]> {
  const anchor = await openAnchorFile(join(service.folder, 'state', 'anchor.json')).read();
  assert(anchor !== undefined);
  const { origin } = service.context.store;
  const result = await audit(database.ownerUrl, { origin, authenticator: service.keys.headAuthenticator, anchor });
  return result.findings;
}

/** Tables, triggers, indexes and grants, as text: an upgraded schema is the one that a new database gets. */
async function schemaObjects(database: TestDatabase): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query(`
      SELECT 'column' AS kind, table_name || '.' || column_name AS name, data_type || ' ' || is_nullable AS what
        FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT 'trigger', tgrelid::regclass::text || '.' || tgname, tgenabled::text || ' ' || pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL SELECT 'constraint', conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION ALL SELECT 'grant', table_name || ' to ' || grantee, string_agg(privilege_type, ' ' ORDER BY privilege_type)
        FROM information_schema.role_table_grants WHERE table_schema = 'public' AND grantee LIKE '%service'
        GROUP BY table_name, grantee
      UNION ALL SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      ORDER BY 1, 2, 3`);
    assert(rows.length > 40);
    return rows;
  } finally {
    await client.end();
  }
}

/** The service of the newest version over the upgraded database: what was there is there, and more is appended to it. */
async function assertGoesOn(service: ServiceUnderTest, database: TestDatabase): Promise<void> {
  const replica = await openReplica({
    serviceUrl: database.serviceUrl,
    ...(database.setRole === undefined ? {} : { setRole: database.setRole }),
    connections: 4,
    stateFolder: join(service.folder, 'state'),
    keys: service.keys,
  });
  try {
    const { admin } = service;
    const before = await attestStage(replica.context, admin, 'stage-3');
    assert(before.entry.seq < 18, 'a retry from before the upgrade is found');
    const added = await attestStage(replica.context, admin, 'after-the-upgrade');
    assert(added.entry.seq > before.entry.seq);
    const judged = await openService(replica.context).verifyCustody(admin, { digest: IMAGE });
    assert(judged.ok);
    assert.equal(judged.value.verdict, 'unjudged');
    assert.equal(judged.value.timeline.length, 7);
  } finally {
    await replica.close();
  }
  assert.deepEqual(await findings(service, database), []);
}
