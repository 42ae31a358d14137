import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { openKysely, openPool } from '../../src/postgres/pool.ts';
import { rebuildProjections } from '../../src/postgres/rebuild-projections.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import { makeReceipt } from '../../src/service/make-receipt.ts';
import { ServiceError, type Submission } from '../../src/service/ports.ts';
import { sealPayload } from '../../src/service/seal-payload.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { TAMPERINGS, TILE_FORGED } from '../../src/tamper/tamperings.ts';
import { query } from '../harness/embedded-folder.ts';
import { attestStage, audit, codesOf, growLedger, IMAGE, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { auditOf, carelessly } from './careless-edits.ts';

/** A submission of its own for each number, without the cost of signing: for ledgers with full tiles. */
function submissionOf(number: number): Submission {
  const sealed = sealPayload(encodeUtf8(`{"n":${number}}`), 'application/json', (bytes) =>
    new Uint8Array(bytes).fill(number),
  );
  return {
    identity: submissionIdentity('test', [String(number)]),
    proposal: {
      kind: 'attestation.recorded',
      principal: 'bootstrap-admin',
      repository: IMAGE_REPOSITORY,
      stage: 'bulk',
      signer: '0'.repeat(64),
      assurance: 'service',
      payload: sealed.reference,
      body: { form: 'envelope', subjects: [IMAGE] },
    },
    payload: sealed.stored,
    restsOn: [],
  };
}

async function growTo(service: ServiceUnderTest, size: number): Promise<void> {
  const { sequencer, store } = service.context;
  const { frontier } = await store.head();
  await Promise.all(
    Array.from({ length: size - frontier.size }, (_, index) => sequencer.sequence(submissionOf(frontier.size + index))),
  );
}

test('an audit replays every entry, head, tile and payload, and says how many', async () => {
  await using service = await openServiceUnderTest();
  await growTo(service, 700);
  const result = await auditOf(service);
  const [counted] = await query(
    service.database.ownerUrl,
    `SELECT (SELECT count(*)::int FROM head) AS heads, count(*)::int AS size,
      count(*) FILTER (WHERE convert_from(leaf, 'UTF8')::jsonb ? 'payload')::int AS payloads FROM entry`,
  );
  assert.deepEqual(result.findings, []);
  assert(result.size > 700);
  assert.equal(result.size, counted?.size);
  assert.equal(result.tiles, 2);
  assert.equal(result.payloads, counted?.payloads);
  assert.equal(result.heads, counted?.heads);
});

test('an audit beside a service that appends all the time has no finding', async () => {
  await using service = await openServiceUnderTest();
  let writing = true;
  const writer = (async () => {
    for (let number = 1_000; writing; number += 1) await service.context.sequencer.sequence(submissionOf(number));
  })();
  try {
    for (let round = 0; round < 12; round += 1) assert.deepEqual((await auditOf(service)).findings, []);
  } finally {
    writing = false;
    await writer;
  }
});

test('a forged tile is noticed by audit (merkle/malformed-tile), and no receipt rests on it', async () => {
  await using service = await openServiceUnderTest();
  await growTo(service, 300);
  const superuser = openSuperuser(service.database.adminUrl);
  await TILE_FORGED.apply(superuser);
  await superuser.close();
  assert.deepEqual(codesOf(await auditOf(service)), ['merkle/malformed-tile']);
  const { frontier } = await service.context.store.head();
  await assert.rejects(makeReceipt(service.context, frontier.size - 1), (error) => {
    assert(error instanceof ServiceError);
    assert.equal(error.fault.code, 'head/not-ours');
    return true;
  });
  // What is appended is proved out of the frontier, which the head authenticates: its receipt verifies.
  await attestStage(service.context, service.admin, 'after');
});

test('a stored tile that is gone is noticed by audit (merkle/missing-tile)', async () => {
  await using service = await openServiceUnderTest();
  await growTo(service, 300);
  await carelessly(service, 'DELETE FROM tile');
  assert.deepEqual(codesOf(await auditOf(service)), ['merkle/missing-tile']);
});

test('edited projections are made right by a rebuild, and the ledger has no finding then', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 3);
  const read = async () => [
    await query(service.database.ownerUrl, 'SELECT * FROM list_entry ORDER BY key, n'),
    await query(service.database.ownerUrl, 'SELECT * FROM map_page ORDER BY bucket'),
  ];
  const before = await read();
  await carelessly(
    service,
    'DELETE FROM list_entry',
    'DELETE FROM map_page WHERE bucket % 2 = 0',
    `UPDATE signed_image SET repository = 'other'`,
    'DELETE FROM known_name',
  );
  assert.deepEqual(codesOf(await auditOf(service)), ['database/projection-differs', 'map/page-differs']);
  const owner = openKysely<Tables>(openPool(service.database.ownerUrl, { max: 1, applicationName: 'rebuild' }));
  await rebuildProjections(owner);
  await owner.destroy();
  assert.deepEqual(await read(), before);
  assert.deepEqual((await auditOf(service)).findings, []);
});

test('an audit of another origin names every entry (entry/wrong-log), and the anchor of another log (anchor/wrong-origin)', async () => {
  await using service = await openServiceUnderTest();
  const { head } = { head: await service.context.store.head() };
  const result = await audit(service.database.ownerUrl, {
    origin: 'waybill-0000000000000000',
    anchor: { origin: head.origin, size: head.frontier.size, root: head.root },
  });
  assert.deepEqual(codesOf(result), ['anchor/wrong-origin', 'entry/wrong-log']);
});

test('with the log key in hand too, a superuser is noticed by nobody but who remembers (head/not-consistent-with-anchor)', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 5);
  const head = await service.context.store.head();
  const superuser = openSuperuser(service.database.adminUrl);
  await TAMPERINGS[0].apply(superuser);
  const { readLeaves, rewriteLedger } = await import('../../src/tamper/rewrite-ledger.ts');
  await withoutGuards(superuser, async (transaction) =>
    rewriteLedger(transaction, await readLeaves(transaction), service.keys.headAuthenticator),
  );
  await superuser.close();
  assert.deepEqual((await auditOf(service)).findings, []);
  const anchor = { origin: head.origin, size: head.frontier.size, root: head.root };
  const remembered = await audit(service.database.ownerUrl, { origin: head.origin, anchor });
  assert.deepEqual(codesOf(remembered), ['head/not-consistent-with-anchor']);
});
