import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { openService } from '../../src/service/open-service.ts';
import { openSuperuser, type Superuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

const PAGE = { limit: 10 };
/** An entry of every log that opens no run, releases nothing and asks for no waiver. */
const OTHER_SEQ = 1;

async function asSuperuser(under: ServiceUnderTest, use: (superuser: Superuser) => Promise<unknown>): Promise<void> {
  const superuser = openSuperuser(under.database.adminUrl);
  try {
    await use(superuser);
  } finally {
    await superuser.close();
  }
}

test('a row that was written into a projection is no broken invariant of ours (database/projection-differs)', async () => {
  await using under = await openServiceUnderTest();
  await growLedger(under, 1);
  const { context, admin } = under;
  const service = openService(context);
  const forge = (statement: ReturnType<typeof sql>, ask: () => Promise<unknown>) =>
    asSuperuser(under, async ({ database }) => {
      await statement.execute(database);
      await assertRefused(ask(), 'database/projection-differs');
    });
  await forge(sql`INSERT INTO known_name (area, name, seq) VALUES ('principal', 'ghost', ${OTHER_SEQ})`, () =>
    service.listPrincipals(admin, PAGE),
  );
  await forge(sql`INSERT INTO known_name (area, name, seq) VALUES ('contract', 'ghost', ${OTHER_SEQ})`, () =>
    service.listContracts(admin, PAGE),
  );
  await forge(
    sql`INSERT INTO opened_run (seq, run, repository, commit, expires_at)
      VALUES (${OTHER_SEQ}, 'r-ghost', ${IMAGE_REPOSITORY}, ${'a'.repeat(40)}, now() + interval '1 day')`,
    () => service.listRuns(admin, {}, PAGE),
  );
  await forge(
    sql`INSERT INTO recorded_release (seq, kind, repository, digest, environment)
      VALUES (${OTHER_SEQ}, 'image.released', ${IMAGE_REPOSITORY}, ${IMAGE}, 'production')`,
    () => service.listReleases(admin, {}, PAGE),
  );
  await forge(
    sql`INSERT INTO recorded_waiver (waiver, seq, kind, repository, digest, recorded_at, expires, break_glass)
      VALUES ('w-ghost', ${OTHER_SEQ}, 'waiver.requested', ${IMAGE_REPOSITORY}, ${IMAGE}, now(), '2100-01-01T00:00:00.000Z', false)`,
    () => service.listWaivers(admin, {}, PAGE),
  );
});

test('a grant or a signer whose document was taken away is no broken invariant of ours (head/not-ours)', async () => {
  await using under = await openServiceUnderTest();
  await growLedger(under, 1);
  await asSuperuser(under, (superuser) =>
    withoutGuards(superuser, (transaction) => sql`DELETE FROM payload`.execute(transaction)),
  );
  const service = openService(under.context);
  await assertRefused(service.listPrincipals(under.admin, PAGE), 'head/not-ours');
  await assertRefused(service.listSigners(under.admin, PAGE), 'head/not-ours');
  await assertRefused(under.openAnother(), 'head/not-ours');
});

test('a list with another entry in its middle is not shown as the log’s own (database/projection-differs)', async () => {
  await using under = await openServiceUnderTest();
  await growLedger(under, 3);
  const service = openService(under.context);
  const key = `image:${IMAGE}`;
  const question = { digest: IMAGE, repository: IMAGE_REPOSITORY };
  const readers = [
    () => service.proveCompleteness(under.admin, key),
    () => service.readEvidence(under.admin, question),
    () => service.verifyCustody(under.admin, question),
  ];
  for (const read of readers) assert(((await read()) as { readonly ok: boolean }).ok);
  await asSuperuser(under, ({ database }) =>
    sql`UPDATE list_entry SET seq = ${OTHER_SEQ} WHERE key = ${key} AND n = 2`.execute(database),
  );
  for (const read of readers) await assertRefused(read(), 'database/projection-differs');
});
