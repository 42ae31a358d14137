import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { openProjectionStore } from '../../src/postgres/projection-store.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import type { ProjectionStore } from '../../src/service/ports.ts';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts';

/** Rows of each table: enough that whoever plans a statement would not rather read them all. */
const ROWS = 30_000;

/** What is filled is written as the owner of the tables, and read as the service. */
let database: TestDatabase;
let pool: pg.Pool;
let projections: ProjectionStore;
const asked: { readonly sql: string; readonly parameters: readonly unknown[] }[] = [];

before(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.ownerUrl, max: 2 });
  const kysely = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    log: ({ level, query }) => {
      if (level === 'query') asked.push({ sql: query.sql, parameters: query.parameters });
    },
  });
  projections = openProjectionStore(kysely, pool);
  const digest = `'sha256:' || encode(sha256(n::text::bytea), 'hex')`;
  const repository = `'team-' || n % 500 || '/service'`;
  for (const statement of [
    `INSERT INTO known_name (area, name, seq) SELECT 'repository', ${repository}, n FROM generate_series(0, 499) n`,
    `INSERT INTO known_name (area, name, seq) SELECT 'signer', encode(sha256(n::text::bytea), 'hex'), n FROM generate_series(1, ${ROWS}) n`,
    `INSERT INTO signed_image (digest, repository, seq, media_type, shape, signed_at)
      SELECT ${digest}, ${repository}, n, 'x', 'image', now() FROM generate_series(1, ${ROWS}) n`,
    `INSERT INTO image_child (child, parent, repository, seq)
      SELECT 'sha256:' || encode(sha256(('c' || n)::bytea), 'hex'), ${digest}, ${repository}, n FROM generate_series(1, ${ROWS}) n`,
    `INSERT INTO recorded_subject (subject, repository, seq, stage)
      SELECT ${digest}, ${repository}, n, 'build' FROM generate_series(1, ${ROWS}) n`,
    `INSERT INTO image_tag (tag, repository, digest, seq)
      SELECT '1.' || n, ${repository}, ${digest}, n FROM generate_series(1, ${ROWS}) n`,
    `INSERT INTO recorded_verdict (digest, repository, seq, verdict)
      SELECT ${digest}, ${repository}, n, CASE WHEN n % 10 = 0 THEN 'fail' ELSE 'pass' END FROM generate_series(1, ${ROWS}) n`,
    `INSERT INTO opened_run (seq, run, repository, commit, expires_at)
      SELECT n, 'r-' || md5(n::text), ${repository}, substr(encode(sha256(n::text::bytea), 'hex'), 1, 40),
        now() - n * interval '1 minute' FROM generate_series(1, ${ROWS}) n`,
    `INSERT INTO ended_run (seq, run, outcome) SELECT n, 'r-' || md5(n::text), 'succeeded' FROM generate_series(1, ${ROWS}) n`,
    `INSERT INTO recorded_waiver (waiver, seq, kind, repository, digest, recorded_at, expires, break_glass)
      SELECT 'w-' || md5(n::text), n, 'waiver.requested', ${repository}, ${digest}, now(), '2100', false FROM generate_series(1, ${ROWS}) n`,
    'ANALYZE',
  ])
    await pool.query(statement);
});
after(async () => {
  await pool.end();
  await database.drop();
});

type Plan = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
};

/** Tables that the plan reads from one end to the other. */
function readWhole(plan: Plan): readonly string[] {
  const own = plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? ''] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(readWhole)];
}

/** Conditions by which the plan finds rows of a table along an index. */
function lookedUpBy(table: string, plan: Plan): readonly string[] {
  const own = plan['Relation Name'] === table ? [plan['Index Cond'] ?? ''] : [];
  return [...own, ...(plan.Plans ?? []).flatMap((part) => lookedUpBy(table, part))];
}

const SCOPES: readonly (readonly string[])[] = [['*'], ['team-7/*', 'team-8/service']];

for (const globs of SCOPES) {
  const query = (prefix: string) => ({ prefix, globs, limit: 21 });
  const questions: Readonly<Record<string, () => Promise<unknown>>> = {
    'an image by four digits': () => projections.imagesLike(query('sha256:8b46')),
    'an image by all of its digits': () => projections.imagesLike(query(`sha256:${'ab'.repeat(32)}`)),
    'an image in a list': () => projections.images({ globs, limit: 51 }),
    'an image of one repository': () =>
      projections.imagesLike({ ...query('sha256:8b46'), repository: 'team-7/service' }),
    'a tag': () => projections.tagsLike(query('1.23')),
    'a commit': () => projections.commitsLike(query('5bcd')),
    'a run': () => projections.runsLike(query('r-8b46')),
    'a waiver': () => projections.waiversLike(query('w-8b46')),
    'a signer': () => projections.namesLike('signer', { prefix: '8b46', limit: 21 }),
    'a repository': () => projections.repositoriesLike(query('team-49')),
    'a page of repositories': () => projections.repositories({ globs, after: 'team-2/service', limit: 51 }),
    'images that failed of late': () => projections.failingImages({ globs, fromSeq: ROWS - 500, limit: 21 }),
    'runs that end soon': () =>
      projections.endingRuns({
        globs,
        from: new Date().toISOString(),
        to: new Date(Date.now() + 3_600_000).toISOString(),
        limit: 21,
      }),
  };
  for (const [what, ask] of Object.entries(questions)) {
    test(`${what} within ${globs.join(' and ')} is found along indexes, whatever there is beside it`, async () => {
      asked.length = 0;
      await ask();
      assert.equal(asked.length, 1);
      const [{ sql: text, parameters }] = asked as [(typeof asked)[number]];
      const { rows } = await pool.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
        `EXPLAIN (FORMAT JSON) ${text}`,
        [...parameters],
      );
      const [explained] = rows[0]?.['QUERY PLAN'] ?? [];
      assert(explained !== undefined);
      // Nothing was ever released in this database: a table without rows is read whole, and that costs nothing.
      const whole = readWhole(explained.Plan).filter((table) => table !== 'recorded_release');
      assert.deepEqual(whole, [], JSON.stringify(explained.Plan));
      if (!what.startsWith('an image')) return;
      // What stands beside an image in the list: along the index from its digest on, and not through those of a repository.
      const beside = ['recorded_subject', 'recorded_verdict'].flatMap((table) => lookedUpBy(table, explained.Plan));
      assert(beside.length >= 3, JSON.stringify(explained.Plan));
      for (const condition of beside) assert.match(condition, /\b(?:subject|digest)\b/, JSON.stringify(explained.Plan));
    });
  }
}

test('a scan of a whole table would be noticed', async () => {
  const { rows } = await pool.query(`EXPLAIN (FORMAT JSON) SELECT * FROM signed_image WHERE media_type = 'y'`);
  assert.deepEqual(readWhole(rows[0]['QUERY PLAN'][0].Plan), ['signed_image']);
});
