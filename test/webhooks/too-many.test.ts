import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../src/service/caller.ts';
import { openWebhooksUnderTest } from './webhooks-under-test.ts';

const URL = 'https://waybill.invalid/hook';

test('no maker takes the webhooks of all, and at once no more are made than there may be (webhook/too-many)', async () => {
  await using hooks = await openWebhooksUnderTest();
  const makeOne = async (principal: string) => {
    const caller: Caller = { ...hooks.admin, principal, role: 'operator', repositories: [`${principal}/*`] };
    const made = await hooks.service.createWebhook(caller, { url: URL, types: ['*'] });
    return made.ok ? 'made' : made.fault.code;
  };
  const count = (answers: readonly string[], wanted: string) => answers.filter((answer) => answer === wanted).length;
  const one = await Promise.all(Array.from({ length: 20 }, () => makeOne('one')));
  assert.deepEqual([count(one, 'made'), count(one, 'webhook/too-many')], [16, 4]);
  assert.equal(await makeOne('two'), 'made');
  const others = [];
  for (const principal of ['two', 'three', 'four', 'five'])
    others.push(...(await Promise.all(Array.from({ length: 16 }, () => makeOne(principal)))));
  assert.equal(count(others, 'made'), 64 - 17);
  assert.equal(await makeOne('six'), 'webhook/too-many');
});
