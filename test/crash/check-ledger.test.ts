import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { MAP_TAMPERINGS } from '../../src/tamper/map-tamperings.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { tampering } from '../../src/tamper/tamperings.ts';
import { checkLedger, type LedgerClaims } from '../harness/check-ledger.ts';
import type { KeptReceipt } from '../harness/kept-receipts.ts';
import { createSharedLedger, serveReplica } from '../harness/served-replica.ts';
import { makeRequest, send, type TracedRequest } from '../harness/traced-requests.ts';

test('the checker of crash tests is silent about an intact ledger and names each planted fault', async (t) => {
  await using ledger = await createSharedLedger();
  await using replica = await serveReplica(ledger, 'only');
  const submitted: { trace: string | undefined; receipts: readonly KeptReceipt[]; failures: number }[] = [];
  for (let count = 0; count < 4; count += 1) {
    const request = makeRequest('attestation');
    const { receipt } = await send(replica.endpoint, request);
    assert(receipt !== undefined);
    submitted.push({ trace: request.trace, receipts: [receipt], failures: 0 });
  }
  const authenticator = ledger.keys.headAuthenticator;
  const check = async (claims: Partial<LedgerClaims>) =>
    (await checkLedger(ledger.database.ownerUrl, { submitted, authenticator, ...claims })).broken.join('\n');
  assert.equal(await check({}), '');

  const [first] = submitted;
  const [receipt] = first?.receipts ?? [];
  assert(first !== undefined && receipt !== undefined);
  const noted = (change: Partial<KeptReceipt>) => ({ receipts: [{ ...receipt, ...change }] });
  assert.match(await check(noted({ root: '0'.repeat(64) })), /a fork/);
  assert.match(await check({ checkpoints: [{ size: 10_000, root: receipt.root }] }), /a fork/);
  assert.match(await check(noted({ entrySha256: '0'.repeat(64) })), /not that of a receipt/);
  const unknown = { ...first, trace: 'trace-0000000000000000' };
  assert.match(await check({ submitted: [unknown] }), /acknowledged and is not there/);
  assert.equal(await check({ submitted: [{ ...unknown, receipts: [] }] }), '');

  const twice: TracedRequest = makeRequest('attestation');
  const both = [
    await send(replica.endpoint, twice),
    await send(replica.endpoint, { ...twice, body: `${twice.body} ` }),
  ];
  const receipts = both.flatMap((answer) => answer.receipt ?? []);
  const repeated = { trace: twice.trace, receipts: receipts.slice(0, 1), failures: 1 };
  assert.match(await check({ submitted: [repeated] }), /stands 2 times/);

  const superuser = openSuperuser(ledger.database.adminUrl);
  t.after(() => superuser.close());
  await MAP_TAMPERINGS[0].apply(superuser);
  assert.match(await check({}), /bucket \d+ is not that of the map/);
  await withoutGuards(superuser, (transaction) =>
    sql`UPDATE head SET map_root = decode(repeat('00', 32), 'hex') WHERE size = 6`.execute(transaction),
  );
  assert.match(await check({}), /the head of size 6 does not end with its map/);
  await tampering('tail-cut').apply(superuser);
  await tampering('tail-cut').apply(superuser);
  await tampering('tail-cut').apply(superuser);
  assert.match(await check({}), /acknowledged and is not there/);
  await tampering('entries-swapped').apply(superuser);
  assert.match(await check({}), /a fork/);
});
