import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTRACT_MEDIA_TYPE, formatContract } from '../../src/core/contract/contract.ts';
import { contractKey, TRUST_KEY } from '../../src/core/entry/keys.ts';
import { ok } from '../../src/core/fault.ts';
import { appendEntry } from '../../src/service/append-entry.ts';
import type { RestsOn } from '../../src/service/rests-on.ts';
import { sealPayload } from '../../src/service/seal-payload.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { contract, openPeople, publication } from './people-under-test.ts';

test('a use case that forgets the second person appends nothing (dual-control/not-proposed)', async () => {
  await using shop = await openPeople();
  const { context } = shop.under;
  const lengthOf = async (key: string) => (await context.store.listEnds([key])).get(key)?.n ?? 0;
  const sizeOf = async () => (await context.store.head()).frontier.size;
  /** As a route would that publishes without asking anybody; it rests on what it is told to. */
  const forget = async (principal: string, ...keys: readonly string[]) => {
    const before = await sizeOf();
    const restsOn: readonly RestsOn[] = await Promise.all(keys.map(async (key) => ({ key, n: await lengthOf(key) })));
    const sealed = sealPayload(formatContract(contract('1')), CONTRACT_MEDIA_TYPE, context.random);
    const { kind, body } = publication('1');
    const appended = await appendEntry(context, async () =>
      ok({
        identity: submissionIdentity('test', [context.random(16)]),
        proposal: { kind, principal, payload: sealed.reference, body },
        payload: sealed.stored,
        restsOn,
        repeats: [],
      }),
    );
    const grew = (await sizeOf()) > before;
    assert.equal(grew, appended.ok, 'what is refused writes nothing');
    return appended.ok ? 'appended' : appended.fault.code;
  };
  const list = contractKey('shop');
  // Not even while it is off: it could be turned on before the entry is there.
  assert.equal(await forget('ben', list), 'dual-control/not-proposed');
  await shop.turnOn();
  assert.equal(await forget('ben', TRUST_KEY), 'dual-control/not-proposed');
  assert.equal(await forget('ben', TRUST_KEY, list), 'dual-control/not-proposed');
  assert((await shop.propose(shop.anna, publication('1'))).ok);
  assert.equal(await forget('ben', TRUST_KEY), 'dual-control/not-proposed');
  assert.equal(await forget('anna', TRUST_KEY, list), 'dual-control/same-person');
  assert.equal(await forget('ben', TRUST_KEY, list), 'appended');
  assert.equal(await forget('ben', TRUST_KEY, list), 'dual-control/not-proposed');
});
