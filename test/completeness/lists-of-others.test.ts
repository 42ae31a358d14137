import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../src/service/caller.ts';
import type { ServiceContext } from '../../src/service/context.ts';
import { openService } from '../../src/service/open-service.ts';
import { growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

const KEY = `image:${IMAGE}`;
const ABSENT = `image:sha256:${'0'.repeat(64)}`;

test('whoever may read no entry of a list is not told that it is there, nor how long it is (service/not-found)', async () => {
  await using under = await openServiceUnderTest();
  await growLedger(under, 1);
  const stranger: Caller = { ...under.admin, role: 'auditor', repositories: ['other/*'] };
  const reader: Caller = { ...stranger, repositories: [IMAGE_REPOSITORY] };
  const service = openService(under.context);
  const absent = await service.proveCompleteness(stranger, ABSENT);
  assert(!absent.ok && absent.fault.code === 'service/not-found');
  assert.deepEqual(await service.proveCompleteness(stranger, KEY), absent);
  assert((await service.proveCompleteness(reader, KEY)).ok);

  const long = openService(withLongList(under.context));
  assert.deepEqual(await long.proveCompleteness(stranger, KEY), absent);
  for (const caller of [reader, under.admin]) {
    const refused = await long.proveCompleteness(caller, KEY);
    assert(!refused.ok && refused.fault.code === 'completeness/too-many-entries', JSON.stringify(refused));
  }
});

test('which repository an entry is of is not said to whoever may not read it (auth/repository-out-of-scope)', async () => {
  await using under = await openServiceUnderTest();
  await growLedger(under, 1);
  const stranger: Caller = { ...under.admin, role: 'pipeline', repositories: ['other/*'] };
  const service = openService(under.context);
  const seq = (await under.context.store.lists([KEY], Number.MAX_SAFE_INTEGER)).get(KEY)?.[0] ?? assert.fail();
  for (const refused of [await service.readEntry(stranger, seq), await service.readReceipt(stranger, seq)]) {
    assert(!refused.ok && refused.fault.code === 'auth/repository-out-of-scope');
    assert(!JSON.stringify(refused).includes(IMAGE_REPOSITORY), refused.fault.message);
  }
});

/** The same ledger with a map that says of each list that there is that it is longer than a proof may be. */
function withLongList(context: ServiceContext): ServiceContext {
  const mapProofs: ServiceContext['store']['mapProofs'] = async (keys) => {
    const read = await context.store.mapProofs(keys);
    const lists = [...read.lists].map(([key, proved]) => {
      const value = proved.value && { ...proved.value, n: 2_001 };
      return [key, value === undefined ? proved : { ...proved, value }] as const;
    });
    return { ...read, lists: new Map(lists) };
  };
  return { ...context, store: { ...context.store, mapProofs } };
}
