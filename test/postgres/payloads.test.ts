import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { openKysely, openPool } from '../../src/postgres/pool.ts';
import { sweepOrphanedPayloads } from '../../src/postgres/sweep-payloads.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import { submitAttestation } from '../../src/service/submit-attestation.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

const DIGEST = `sha256:${'5'.repeat(64)}`;

function attest(under: ServiceUnderTest, characters: number, subject = DIGEST) {
  const sarif = { version: '2.1.0', runs: [{ tool: { driver: { name: 'x'.repeat(characters) } }, results: [] }] };
  const body = Buffer.from(JSON.stringify(sarif));
  return submitAttestation(under.context, under.admin, { body, subject, repository: 'shop/api', stage: 'lint' });
}

async function asOwner<T>(under: ServiceUnderTest, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: under.database.ownerUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const count = (client: pg.Client) =>
  client.query<{ n: string }>('SELECT count(*) AS n FROM payload').then(({ rows }) => Number(rows[0]?.n));

test('a payload that no entry came to refer to is swept after an hour, and no other', async () => {
  await using under = await openServiceUnderTest();
  assert((await attest(under, 10)).ok);
  assert((await attest(under, 100_000)).ok);
  // What a crash between the two statements leaves, or the slower of two equal submissions.
  await asOwner(under, (client) =>
    client.query('INSERT INTO payload (commitment, salt, bytes) VALUES ($1, $1, $1)', [Buffer.alloc(32, 7)]),
  );
  const database = openKysely<Tables>(
    openPool(under.database.serviceUrl, { max: 1, applicationName: 'test', setRole: under.database.setRole }),
  );
  try {
    await asOwner(under, async (client) => {
      const before = await count(client);
      assert.equal(
        await sweepOrphanedPayloads(database),
        0,
        'an orphan younger than an hour may belong to an append under way',
      );
      await client.query('ALTER TABLE payload DISABLE TRIGGER USER');
      await client.query("UPDATE payload SET stored_at = stored_at - interval '2 hours'");
      await client.query('ALTER TABLE payload ENABLE ALWAYS TRIGGER payload_fixed');
      assert.equal(await sweepOrphanedPayloads(database), 1);
      assert.equal(await count(client), before - 1);
      await assert.rejects(client.query('DELETE FROM payload'), { code: '23001' });
    });
  } finally {
    await database.destroy();
  }
});

test('a large payload that is sent again later is not written again', async () => {
  await using under = await openServiceUnderTest();
  assert((await attest(under, 100_000)).ok);
  const before = await asOwner(under, count);
  const again = await attest(under, 100_000);
  assert(again.ok && again.value.duplicate);
  assert.equal(await asOwner(under, count), before);
});

test('the service may sweep orphans and delete nothing else', async () => {
  await using under = await openServiceUnderTest();
  const pool = openPool(under.database.serviceUrl, {
    max: 1,
    applicationName: 'test',
    setRole: under.database.setRole,
  });
  try {
    await assert.rejects(pool.query('DELETE FROM payload'), { code: '42501' });
    await assert.rejects(pool.query('DELETE FROM payload_reference'), { code: '42501' });
  } finally {
    await pool.end();
  }
});
