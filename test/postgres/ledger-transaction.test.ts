import assert from 'node:assert/strict';
import { test } from 'node:test';
import type pg from 'pg';
import { underLedgerLock } from '../../src/postgres/ledger-transaction.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { ServiceError } from '../../src/service/ports.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { query } from '../harness/embedded-folder.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { createTestDatabase } from '../harness/test-database.ts';

const MARK = { name: 'mark', text: 'INSERT INTO mark (n) VALUES ($1::int)' };
const FAIL = { name: 'fail', text: 'SELECT 1 / $1::int' };

async function openMarked() {
  const database = await createTestDatabase();
  await query(database.ownerUrl, 'CREATE TABLE mark (n int)');
  await query(database.ownerUrl, 'GRANT SELECT, INSERT ON mark TO waybill_service');
  const role = database.setRole === undefined ? {} : { setRole: database.setRole };
  const pool = openPool(database.serviceUrl, { max: 2, applicationName: 'test', ...role });
  const marks = async () =>
    (await query(database.ownerUrl, 'SELECT n FROM mark ORDER BY n')).map(({ n }) => n) as readonly number[];
  return {
    pool,
    marks,
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await database.drop();
    },
  };
}

test('statements that are sent together run in their order, under the lock, and are committed', async () => {
  await using marked = await openMarked();
  const work = (from: number) =>
    underLedgerLock(marked.pool, async (run) => {
      const before = run<{ n: string }>({ name: 'count', text: 'SELECT count(*) AS n FROM mark' });
      await Promise.all([run(MARK, [from]), run(MARK, [from + 1])]);
      return (await before)[0]?.n;
    });
  const counts = await Promise.all([work(1), work(3)]);
  // Whoever came second saw what the first had written.
  assert.deepEqual(counts.sort(), ['0', '2']);
  assert.deepEqual(await marked.marks(), [1, 2, 3, 4]);
});

test('a statement that fails behind others leaves nothing, and the connection is used again', async () => {
  await using marked = await openMarked();
  const attempt = underLedgerLock(marked.pool, (run) => Promise.all([run(MARK, [1]), run(FAIL, [0]), run(MARK, [2])]));
  await assert.rejects(attempt, { code: '22012' });
  assert.deepEqual(await marked.marks(), []);
  await underLedgerLock(marked.pool, (run) => run(MARK, [7]));
  assert.deepEqual(await marked.marks(), [7]);
  assert.equal(marked.pool.totalCount, 1);
});

test('COMMIT that is answered as ROLLBACK is no commit, whoever swallowed the failure (database/unreachable)', async () => {
  await using marked = await openMarked();
  const attempt = underLedgerLock(marked.pool, async (run) => {
    await run(MARK, [1]);
    await run(FAIL, [0]).catch(() => undefined);
  });
  await assert.rejects(attempt, isUnknownOutcome);
  assert.deepEqual(await marked.marks(), []);
});

test('work that gives up leaves nothing', async () => {
  await using marked = await openMarked();
  const refusal = new ServiceError({ code: 'head/not-ours', message: 'no' });
  const attempt = underLedgerLock(marked.pool, async (run) => {
    await run(MARK, [1]);
    throw refusal;
  });
  await assert.rejects(attempt, refusal);
  assert.deepEqual(await marked.marks(), []);
});

test('a pool that gives no connection throws what it says', async () => {
  const pool = { connect: () => Promise.reject(new Error('full')) } as unknown as pg.Pool;
  await assert.rejects(
    underLedgerLock(pool, async () => undefined),
    /full/,
  );
});

test('COMMIT with a warning, as of a standby that was not waited for, is an unknown outcome: the retry under the lock decides', async () => {
  await using service = await openServiceUnderTest();
  const { context, database } = service;
  const { frontier } = await context.store.head();
  // Deferred triggers run within COMMIT, so that its answer comes with a warning, as when a wait is cut short there.
  await query(
    database.ownerUrl,
    `CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN RAISE WARNING 'canceling wait for synchronous replication'; RETURN NULL; END $$`,
  );
  await query(
    database.ownerUrl,
    'CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON head DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION warn()',
  );
  const submission = {
    identity: submissionIdentity('test', ['warned']),
    proposal: {
      kind: 'signer.revoked',
      principal: 'bootstrap-admin',
      body: { signer: '0'.repeat(64), effective: '2026-01-01T00:00:00.000Z' },
    },
    restsOn: [],
  };
  await assert.rejects(context.store.append([submission], undefined), isUnknownOutcome);
  const { appended, head } = await context.sequencer.sequence(submission);
  assert.deepEqual(appended, { outcome: 'found', seq: frontier.size });
  assert.equal(head.frontier.size, frontier.size + 2);
});

function isUnknownOutcome(error: unknown): boolean {
  assert(error instanceof ServiceError);
  assert.equal(error.fault.code, 'database/unreachable');
  assert(error.retryAfterSeconds !== undefined, 'a retry decides');
  return true;
}
