import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticate } from '../../src/service/authenticate.ts';
import { openService } from '../../src/service/open-service.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

test('a token counts up to the moment at which it expires (auth/token-expired), which the database cannot move (auth/token-unknown)', async () => {
  await using service = await openServiceUnderTest();
  const request = { principal: 'bootstrap-admin', title: 'test', lifetimeSeconds: 60 };
  const made = await openService(service.context).createToken(service.admin, request);
  assert(made.ok);
  const { token, expiresAt } = made.value;
  const at = async (milliseconds: number) => {
    const now = () => new Date(Date.parse(expiresAt) + milliseconds);
    const caller = await authenticate({ ...service.context, now }, token);
    return caller.ok ? 'ok' : caller.fault.code;
  };
  assert.deepEqual([await at(-1), await at(0), await at(1)], ['ok', 'auth/token-expired', 'auth/token-expired']);
  const superuser = openSuperuser(service.database.adminUrl);
  await withoutGuards(superuser, (transaction) =>
    transaction
      .updateTable('api_token')
      .set({ expires_at: new Date('2999-01-01T00:00:00.000Z') })
      .execute(),
  );
  await superuser.close();
  assert.equal(await at(1), 'auth/token-unknown');
});
