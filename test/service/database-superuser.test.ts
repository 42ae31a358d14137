import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { authenticate, readCaller } from '../../src/service/authenticate.ts';
import { makeReceipt } from '../../src/service/make-receipt.ts';
import { grantPrincipal, revokePrincipal } from '../../src/service/manage-principals.ts';
import { createToken } from '../../src/service/manage-tokens.ts';
import { signImage } from '../../src/service/sign-image.ts';
import { submitAttestation } from '../../src/service/submit-attestation.ts';
import { openSuperuser, type Superuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { assertRefused } from '../harness/embedded-folder.ts';
import { growLedger, IMAGE, IMAGE_REPOSITORY, MANIFEST } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

/** Somebody who writes to the database as they please, but has none of the service's keys. */
async function asSuperuser<T>(service: ServiceUnderTest, use: (superuser: Superuser) => Promise<T>): Promise<T> {
  const superuser = openSuperuser(service.database.adminUrl);
  try {
    return await use(superuser);
  } finally {
    await superuser.close();
  }
}

async function grantPipeline(service: ServiceUnderTest, principal: string): Promise<string> {
  const { context, admin } = service;
  const grant = { principal, role: 'pipeline', repositories: ['shop/*'], stages: ['*'] } as const;
  const granted = await grantPrincipal(context, admin, grant);
  assert(granted.ok, JSON.stringify(granted));
  const made = await createToken(context, admin, { principal, title: 'test', lifetimeSeconds: 3_600 });
  assert(made.ok, JSON.stringify(made));
  return made.value.token;
}

const codeOf = (result: { readonly ok: boolean; readonly fault?: { readonly code: string } }) => result.fault?.code;

function scan(service: ServiceUnderTest, findings: number) {
  return submitAttestation(service.context, service.admin, {
    body: encodeUtf8(
      JSON.stringify({
        subject: IMAGE,
        repository: IMAGE_REPOSITORY,
        stage: 'scan',
        predicateType: 'https://example.com/scan/v1',
        predicate: { findings },
      }),
    ),
  });
}

test('a token that was written into the database, or made another principal’s there, lets nobody in (auth/token-unknown)', async () => {
  await using service = await openServiceUnderTest();
  const token = await grantPipeline(service, 'ci');
  const known = await authenticate(service.context, token);
  assert(known.ok && known.value.role === 'pipeline');
  const forged = `wbt_${'ab'.repeat(8)}_${'A'.repeat(43)}`;
  await asSuperuser(service, async ({ database }) => {
    const hash = createHash('sha256').update(forged).digest();
    await sql`INSERT INTO api_token (id, hash, principal, title, expires_at)
      VALUES (${'ab'.repeat(8)}, ${hash}, 'bootstrap-admin', 'forged', now() + interval '1 day')`.execute(database);
    await sql`UPDATE api_token SET principal = 'bootstrap-admin' WHERE principal = 'ci'`.execute(database);
  });
  for (const each of [forged, token])
    assert.equal(codeOf(await authenticate(service.context, each)), 'auth/token-unknown');
});

test('a token does not live longer because the database says so (auth/token-unknown)', async () => {
  await using service = await openServiceUnderTest();
  const token = await grantPipeline(service, 'ci');
  await asSuperuser(service, ({ database }) =>
    sql`UPDATE api_token SET expires_at = expires_at + interval '1 year'`.execute(database),
  );
  assert.equal(codeOf(await authenticate(service.context, token)), 'auth/token-unknown');
});

test('a grant whose document was edited in the database gives nobody a role (head/not-ours)', async () => {
  await using service = await openServiceUnderTest();
  const token = await grantPipeline(service, 'ci');
  await asSuperuser(service, (superuser) =>
    withoutGuards(superuser, (transaction) =>
      sql`UPDATE payload SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"pipeline"', '"admin"'), 'UTF8')
        WHERE position('"role":"pipeline"' IN encode(bytes, 'escape')) > 0`.execute(transaction),
    ),
  );
  await assertRefused(authenticate(service.context, token), 'head/not-ours');
});

test('a grant whose entry was edited in the database gives nobody a role (head/not-ours)', async () => {
  await using service = await openServiceUnderTest();
  const token = await grantPipeline(service, 'ci');
  await growLedger(service, 1);
  const fresh = await service.openAnother();
  await asSuperuser(service, (superuser) =>
    withoutGuards(superuser, async (transaction) => {
      await sql`ALTER TABLE entry DROP CONSTRAINT entry_prev_seq_prev_fkey`.execute(transaction);
      await sql`UPDATE entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '"role":"pipeline"', '"role":"operator"'), 'UTF8')
        WHERE position('"role":"pipeline"' IN encode(leaf, 'escape')) > 0`.execute(transaction);
    }),
  );
  // Also by a replica that has proved the entry as it was.
  for (const { context } of [service, fresh]) await assertRefused(authenticate(context, token), 'head/not-ours');
});

test('a retry whose place was edited gets no other attestation’s receipt (database/projection-differs)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  const [clean, failing] = [await scan(service, 0), await scan(service, 9)];
  assert(clean.ok && failing.ok);
  const pointAt = (seq: number) =>
    asSuperuser(service, ({ database }) =>
      sql`UPDATE submission SET seq = ${seq} WHERE seq = ${failing.value.seq}`.execute(database),
    );
  // The same kind, keys, repository, stage and body; another document.
  await pointAt(clean.value.seq);
  await assertRefused(scan(service, 9), 'database/projection-differs');
  const again = await scan(service, 0);
  assert(again.ok && again.value.duplicate);
  assert.deepEqual(again.value.receipt, clean.value.receipt);
});

test('a submission that is said to be another kind of entry, or one beyond the head, is refused (database/projection-differs)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  const failing = await scan(service, 9);
  assert(failing.ok);
  let at = failing.value.seq;
  for (const seq of [1, 99_999]) {
    await asSuperuser(service, ({ database }) =>
      sql`UPDATE submission SET seq = ${seq} WHERE seq = ${at} AND identity =
        (SELECT identity FROM submission WHERE seq = ${at} ORDER BY ctid DESC LIMIT 1)`.execute(database),
    );
    at = seq;
    await assertRefused(scan(service, 9), 'database/projection-differs');
  }
});

test('nothing is linked to a list whose head was edited, and other lists go on (database/projection-differs)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  await asSuperuser(service, ({ database }) =>
    sql`UPDATE list_entry SET seq = 1 WHERE key = ${`image:${IMAGE}`} AND n = 3`.execute(database),
  );
  await assertRefused(scan(service, 1), 'database/projection-differs');
  const before = await service.context.store.head();
  assert((await revokePrincipal(service.context, service.admin, 'nobody')).ok === false);
  await grantPipeline(service, 'ci');
  assert.equal((await service.context.store.head()).frontier.size, before.frontier.size + 2);
});

test('no receipt is given of an entry that was edited in the database (head/not-ours)', async () => {
  await using service = await openServiceUnderTest();
  const [, attested] = await growLedger(service, 2);
  assert(attested !== undefined);
  await asSuperuser(service, (superuser) =>
    withoutGuards(superuser, async (transaction) => {
      await sql`ALTER TABLE entry DROP CONSTRAINT entry_prev_seq_prev_fkey`.execute(transaction);
      await sql`UPDATE entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '"stage-1"', '"stage-9"'), 'UTF8')
        WHERE seq = ${attested.entry.seq}`.execute(transaction);
    }),
  );
  await assertRefused(makeReceipt(service.context, attested.entry.seq), 'head/not-ours');
});

test('the end of a list that was cut off in the database is missed by whoever saw it (database/projection-differs)', async () => {
  await using service = await openServiceUnderTest();
  const { context, admin } = service;
  const token = await grantPipeline(service, 'ci');
  const other = await service.openAnother();
  assert((await revokePrincipal(context, admin, 'ci')).ok);
  assert.equal(codeOf(await authenticate(other.context, token)), 'auth/principal-revoked');
  await asSuperuser(service, ({ database }) =>
    sql`DELETE FROM list_entry WHERE key = 'principal:ci' AND n = 2`.execute(database),
  );
  // The one replica appended the revocation, the other one only read it.
  for (const each of [context, other.context])
    await assertRefused(authenticate(each, token), 'database/projection-differs');
  const rests = [{ key: 'principal:ci', n: 1 }];
  const proposal = { kind: 'principal.revoked', principal: 'bootstrap-admin', body: { principal: 'ci' } } as const;
  const { results } = await context.store.append(
    [{ identity: new Uint8Array(32), proposal, restsOn: rests }],
    undefined,
  );
  assert.equal(results[0]?.outcome, 'refused');
});

test('a revocation that was cut off lets nobody in again, whoever saw it and whoever did not (database/projection-differs)', async () => {
  await using service = await openServiceUnderTest();
  const { context, admin } = service;
  const token = await grantPipeline(service, 'ci');
  const before = (await service.openAnother()).context;
  assert((await authenticate(before, token)).ok);
  assert((await revokePrincipal(context, admin, 'ci')).ok);
  await asSuperuser(service, ({ database }) =>
    sql`DELETE FROM list_entry WHERE key = 'principal:ci' AND n = 2`.execute(database),
  );
  const restarted = (await service.openAnother()).context;
  await assertRefused(authenticate(restarted, token), 'database/projection-differs');
  await assertRefused(readCaller(restarted, 'ci'), 'database/projection-differs');
  // Who knew the list as it was before looks again within a minute.
  const later = new Date(Date.now() + 60_000);
  await assertRefused(authenticate({ ...before, now: () => later }, token), 'database/projection-differs');
});

test('a repeated signing gets no signature with other annotations (database/projection-differs)', async () => {
  await using service = await openServiceUnderTest();
  const { context, admin } = service;
  const sign = (build: string) =>
    signImage(context, admin, { manifest: MANIFEST, repository: IMAGE_REPOSITORY, annotations: { build } });
  const [first, second] = [await sign('1'), await sign('2')];
  assert(first.ok && second.ok);
  await asSuperuser(service, ({ database }) =>
    sql`UPDATE submission SET seq = ${first.value.seq} WHERE seq = ${second.value.seq}`.execute(database),
  );
  await assertRefused(sign('2'), 'database/projection-differs');
  const again = await sign('1');
  assert(again.ok && again.value.duplicate);
});
