import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { query } from '../harness/embedded-folder.ts';
import { growLedger } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

const FORBIDDEN = '42501';
const APPEND_ONLY = '23001';
const CHECK_VIOLATED = '23514';
const FOREIGN_KEY_VIOLATED = '23503';
const TAKEN = '23505';

/** What refuses every change, also the owner's. */
const GUARDED = ['entry', 'head', 'tile', 'ledger', 'payload'] as const;

describe('the schema of the ledger', () => {
  let service: ServiceUnderTest;
  let size: number;
  before(async () => {
    service = await openServiceUnderTest();
    await growLedger(service, 3);
    size = Number((await query(service.database.ownerUrl, 'SELECT max(seq) + 1 AS size FROM entry'))[0]?.size);
  });
  after(() => service[Symbol.asyncDispose]());

  /** Runs statements in a transaction that is rolled back, as `url` names or as the service's role. */
  async function attempt(url: string, statements: readonly string[]): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('BEGIN');
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  const asService = (statement: string) =>
    attempt(service.database.serviceUrl, [
      ...(service.database.setRole === undefined ? [] : [`SET ROLE ${service.database.setRole}`]),
      statement,
    ]);
  const asOwner = (...statements: readonly string[]) => attempt(service.database.ownerUrl, statements);

  for (const table of GUARDED) {
    const column = { entry: 'leaf', head: 'root', tile: 'root', ledger: 'origin', payload: 'salt' }[table];
    for (const statement of [
      `UPDATE ${table} SET ${column} = ${column}`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
      `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
      `ALTER TABLE ${table} ADD COLUMN note text`,
      `DROP TABLE ${table} CASCADE`,
    ]) {
      test(`the service's role is refused ${statement} (SQLSTATE ${FORBIDDEN})`, async () => {
        await assert.rejects(asService(statement), { code: FORBIDDEN });
      });
    }
  }

  for (const table of ['list_entry', 'submission', 'signed_image', 'recorded_verdict', 'known_name'] as const) {
    test(`the service's role may not rewrite the projection ${table} (SQLSTATE ${FORBIDDEN})`, async () => {
      for (const statement of [`DELETE FROM ${table}`, `UPDATE ${table} SET seq = 0`, `TRUNCATE ${table}`])
        await assert.rejects(asService(statement), { code: FORBIDDEN }, statement);
    });
  }

  for (const table of GUARDED) {
    const column = { entry: 'leaf', head: 'root', tile: 'root', ledger: 'origin', payload: 'salt' }[table];
    const statements = [
      `UPDATE ${table} SET ${column} = ${column}`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ];
    // A trigger for each row has nothing to refuse in an empty table, and tiles begin with 256 entries.
    const row = `INSERT INTO tile VALUES (0, 0, decode(repeat('00', 8192), 'hex'), decode(repeat('00', 32), 'hex'))`;
    const first = table === 'tile' ? [row] : [];
    test(`triggers refuse to rewrite ${table}, also to its owner (SQLSTATE ${APPEND_ONLY})`, async () => {
      for (const statement of statements)
        await assert.rejects(asOwner(...first, statement), { code: APPEND_ONLY }, statement);
    });

    test(`triggers refuse to rewrite ${table} under session_replication_role = replica (SQLSTATE ${APPEND_ONLY})`, async (t) => {
      if (!(await isSuperuser())) return t.skip('the server that this run was given has no superuser for tests');
      for (const statement of statements) {
        const session = ['SET session_replication_role = replica', ...first, statement];
        await assert.rejects(attempt(service.database.adminUrl, session), { code: APPEND_ONLY }, statement);
      }
    });
  }

  test(`the lock's row is never rewritten, by the service or the owner (SQLSTATE ${APPEND_ONLY})`, async () => {
    await assert.rejects(asService('UPDATE ledger_lock SET id = 1'), { code: APPEND_ONLY });
    await assert.rejects(asOwner('UPDATE ledger_lock SET id = 1'), { code: APPEND_ONLY });
    await assert.rejects(asService('DELETE FROM ledger_lock'), { code: FORBIDDEN });
  });

  /** INSERT of an entry whose leaf says what its columns say, unless told otherwise. */
  function insert(seq: number, prev: string | null, leaf?: Readonly<Record<string, unknown>>): string {
    const said = { seq, ...(prev === null ? {} : { prev }), ...leaf };
    const column = prev === null ? 'NULL' : `decode('${prev}', 'hex')`;
    return `INSERT INTO entry (seq, leaf, prev) VALUES (${seq}, convert_to('${JSON.stringify(said)}', 'UTF8'), ${column})`;
  }

  async function hashOf(seq: number): Promise<string> {
    const rows = await query(
      service.database.ownerUrl,
      `SELECT encode(hash, 'hex') AS hash FROM entry WHERE seq = ${seq}`,
    );
    return String(rows[0]?.hash);
  }

  test('an entry that is linked to the last one is taken, and its hash is the RFC 6962 leaf hash', async () => {
    await asOwner(insert(size, await hashOf(size - 1)));
    const wrong = await query(
      service.database.ownerUrl,
      `SELECT seq FROM entry WHERE hash <> sha256('\\x00'::bytea || leaf)`,
    );
    assert.deepEqual(wrong, []);
  });

  test(`a gap is refused: the entry before is not there (SQLSTATE ${FOREIGN_KEY_VIOLATED})`, async () => {
    await assert.rejects(asOwner(insert(size + 1, await hashOf(size - 1))), { code: FOREIGN_KEY_VIOLATED });
  });

  test(`a link to another entry than the last is refused (SQLSTATE ${FOREIGN_KEY_VIOLATED})`, async () => {
    await assert.rejects(asOwner(insert(size, await hashOf(size - 2))), { code: FOREIGN_KEY_VIOLATED });
  });

  test(`a half link is refused: over 0 an entry without prev (SQLSTATE ${FOREIGN_KEY_VIOLATED})`, async () => {
    await assert.rejects(asOwner(insert(size, null)), { code: FOREIGN_KEY_VIOLATED });
  });

  test(`a fork is refused: a second entry of a number (SQLSTATE ${TAKEN})`, async () => {
    await assert.rejects(asOwner(insert(size - 1, await hashOf(size - 2))), { code: TAKEN });
  });

  test(`a second first entry with a link is refused (SQLSTATE ${FOREIGN_KEY_VIOLATED})`, async () => {
    const empty = ['ALTER TABLE entry DISABLE TRIGGER USER', 'DELETE FROM entry'];
    await assert.rejects(asOwner(...empty, insert(0, '00'.repeat(32))), { code: FOREIGN_KEY_VIOLATED });
  });

  test(`a leaf that says another seq or prev than its columns, or none, is refused (SQLSTATE ${CHECK_VIOLATED})`, async () => {
    const prev = await hashOf(size - 1);
    for (const statement of [
      insert(size, prev, { seq: size + 1 }),
      insert(size, prev, { seq: String(size) }),
      insert(size, prev, { seq: undefined }),
      insert(size, prev, { seq: undefined, body: { seq: size } }),
      insert(size, prev, { prev: '00'.repeat(32) }),
      insert(size, prev, { prev: undefined }),
      insert(size, prev, { prev: undefined, body: { prev } }),
      insert(size, prev, { prev: null }),
      insert(0, null, { prev }),
      insert(0, null, { prev: null }),
      insert(-1, null),
    ])
      await assert.rejects(asOwner(statement), { code: CHECK_VIOLATED }, statement);
  });

  test(`a generated hash cannot be given (SQLSTATE 428C9)`, async () => {
    const statement = `INSERT INTO entry (seq, leaf, prev, hash) VALUES (${size}, '{}', NULL, decode(repeat('00', 32), 'hex'))`;
    await assert.rejects(asOwner(statement), { code: '428C9' });
  });

  async function isSuperuser(): Promise<boolean> {
    const [row] = await query(service.database.adminUrl, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user');
    return row?.rolsuper === true;
  }
});
