import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { openService } from '../../src/service/open-service.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

test('sign-ins at once end the same sessions in one order: who waits for one of them holds none that comes after it', async () => {
  await using service = await openServiceUnderTest();
  await using superuser = disposable(service.database.adminUrl);
  const { principal } = service.admin;
  const wanted = { principal, title: 'test', lifetimeSeconds: 600 };
  const token = await openService(service.context).createToken(service.admin, wanted);
  assert(token.ok);
  const { sessions } = service.context;
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + 60_000);
  const insert = (most: number) => {
    const row = { tokenId: token.value.id, principal, createdAt, seenAt: createdAt, expiresAt };
    return sessions.insert({ id: randomBytes(8).toString('hex'), hash: randomBytes(32), ...row }, most);
  };
  for (let count = 0; count < 40; count += 1) await insert(100);
  const ended = await superuser.database.transaction().execute(async (transaction) => {
    const first = sql<{ id: string }>`SELECT id FROM browser_session ORDER BY id LIMIT 1 FOR UPDATE`;
    const { rows } = await first.execute(transaction);
    const inserted = insert(0);
    const waits = sql`SELECT pid FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))`;
    while ((await waits.execute(transaction)).rows.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
    // Refused where one of them is held.
    await sql`SELECT id FROM browser_session WHERE id > ${rows.at(0)?.id} FOR UPDATE NOWAIT`.execute(transaction);
    return { inserted };
  });
  await ended.inserted;
  assert.deepEqual(await sessions.listOf(principal), []);
});

function disposable(adminUrl: string) {
  const { database, close } = openSuperuser(adminUrl);
  return { database, [Symbol.asyncDispose]: close };
}
