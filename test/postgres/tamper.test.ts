import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { parseEntry } from '../../src/core/entry/entry.ts';
import { leafHash } from '../../src/core/merkle/hash.ts';
import { inclusionPath } from '../../src/core/merkle/tree.ts';
import { type Receipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import type { ServiceContext } from '../../src/service/context.ts';
import { ServiceError } from '../../src/service/ports.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { TAMPERINGS, type TamperingId } from '../../src/tamper/tamperings.ts';
import { query } from '../harness/embedded-folder.ts';
import { attestStage, audit, codesOf, growLedger, rememberedBy } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

type Noticed = {
  /** By an audit with the MAC key and the anchor. */
  readonly audit: readonly string[];
  /** By the same audit with nothing kept outside the database: what a competent tamperer leaves to be seen. */
  readonly auditAlone: readonly string[];
  /** By an audit with nothing but the checkpoint of an old receipt. */
  readonly auditWithReceipt: readonly string[];
  /** By the holder of that receipt, who asks the database to prove the entry again. */
  readonly receipt: string;
  /** By the service that is running, at the next append. */
  readonly append: string;
  /** By a service that starts. */
  readonly start: string;
};

const FORKED = 'head/not-consistent-with-anchor';
const NOT_OURS = 'head/not-ours';
const REWRITTEN: Noticed = {
  audit: [FORKED, NOT_OURS],
  auditAlone: [],
  auditWithReceipt: [FORKED],
  receipt: 'receipt/not-included',
  append: NOT_OURS,
  start: NOT_OURS,
};
const PAYLOAD: Noticed = {
  audit: ['payload/commitment-wrong'],
  auditAlone: ['payload/commitment-wrong'],
  auditWithReceipt: ['payload/commitment-wrong'],
  receipt: '',
  append: '',
  start: '',
};

const EXPECTED: Readonly<Record<TamperingId, Noticed>> = {
  'entry-edited': REWRITTEN,
  'entry-deleted': { ...REWRITTEN, audit: ['head/behind-anchor', NOT_OURS] },
  'entries-swapped': REWRITTEN,
  'entry-inserted': REWRITTEN,
  'payload-replaced': REWRITTEN,
  'tail-forged': { ...REWRITTEN, audit: [NOT_OURS], auditWithReceipt: [], receipt: '' },
  'tail-cut': {
    ...REWRITTEN,
    audit: ['head/behind-anchor'],
    auditWithReceipt: ['head/behind-anchor'],
    receipt: 'entry/missing',
    append: 'head/behind-anchor',
    start: 'head/behind-anchor',
  },
  'head-swapped-back': {
    ...REWRITTEN,
    audit: [NOT_OURS],
    auditAlone: [NOT_OURS],
    auditWithReceipt: [NOT_OURS],
    receipt: '',
  },
  'payload-edited': PAYLOAD,
  'salts-swapped': PAYLOAD,
  'projection-edited': {
    ...PAYLOAD,
    audit: ['database/projection-differs'],
    auditAlone: ['database/projection-differs'],
    auditWithReceipt: ['database/projection-differs'],
  },
};

test('a ledger that nobody tampered with has no finding, and is served on', async () => {
  await using service = await openServiceUnderTest();
  const receipts = await growLedger(service, 5);
  assert.deepEqual(await noticed(service, receipts.at(-1)), {
    ...PAYLOAD,
    audit: [],
    auditAlone: [],
    auditWithReceipt: [],
  });
});

for (const tampering of TAMPERINGS) {
  const expected = EXPECTED[tampering.id];
  const by = [...new Set([...expected.audit, expected.receipt, expected.append].filter((code) => code !== ''))];
  test(`${tampering.id} by a competent superuser is noticed: ${by.join(', ')}`, async () => {
    await using service = await openServiceUnderTest();
    const receipts = await growLedger(service, 7);
    // Of the last entry where the tail goes, so that its holder has a say; else of one before the end.
    const receipt = receipts.at(tampering.id === 'tail-cut' ? -1 : -2);
    const superuser = openSuperuser(service.database.adminUrl);
    try {
      assert.notEqual(await tampering.apply(superuser), '');
    } finally {
      await superuser.close();
    }
    assert.deepEqual(await noticed(service, receipt), expected);
  });
}

test('after a tampering the schema refuses rewriting as before', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 3);
  const guards = () =>
    query(service.database.adminUrl, `SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname`);
  const before = await guards();
  const superuser = openSuperuser(service.database.adminUrl);
  await TAMPERINGS[0].apply(superuser);
  await superuser.close();
  assert.deepEqual(await guards(), before);
  await assert.rejects(query(service.database.ownerUrl, 'DELETE FROM entry'), { code: '23001' });
});

type Observed = Awaited<ReturnType<typeof openServiceUnderTest>>;

/** What each observer says, in an order in which none changes what the next one sees. */
async function noticed(service: Observed, receipt: Receipt | undefined): Promise<Noticed> {
  assert(receipt !== undefined);
  const { context, database, keys } = service;
  const { origin } = context.store;
  const { head } = (await newestAnchored(service)) ?? {};
  return {
    audit: codesOf(
      await audit(database.ownerUrl, {
        origin,
        authenticator: keys.headAuthenticator,
        ...(head === undefined ? {} : { anchor: head }),
      }),
    ),
    auditAlone: codesOf(await audit(database.ownerUrl, { origin })),
    auditWithReceipt: codesOf(await audit(database.ownerUrl, { origin, anchor: rememberedBy(context, receipt) })),
    receipt: await proveAgain(database.ownerUrl, context, receipt),
    start: await codeOf(async () => {
      await service.openAnother();
    }),
    append: await codeOf(async () => {
      await attestStage(context, service.admin, 'afterwards');
    }),
  };
}

async function newestAnchored(service: Observed) {
  const { openAnchorFile } = await import('../../src/keys/anchor-file.ts');
  return { head: await openAnchorFile(`${service.folder}/state/anchor.json`).read() };
}

/** The best receipt that the database can give for the same place under the checkpoint that the holder has. */
async function proveAgain(url: string, context: ServiceContext, receipt: Receipt): Promise<string> {
  const { size } = rememberedBy(context, receipt);
  const rows = await query(url, 'SELECT leaf FROM entry ORDER BY seq');
  const leaves = rows.map(({ leaf }) => leaf as Uint8Array);
  const leaf = leaves[receipt.index];
  const entry = leaf === undefined ? undefined : parseEntry(leaf);
  if (leaves.length < size || entry === undefined) return 'entry/missing';
  const key = parseVkey(context.logSigner.vkey);
  assert(key.ok && entry.ok);
  const path = inclusionPath(leaves.slice(0, size).map(leafHash), receipt.index);
  const proved = verifyReceipt({ ...receipt, entry: entry.value, path }, [key.value]);
  return proved.ok ? '' : proved.fault.code;
}

async function codeOf(use: () => Promise<void>): Promise<string> {
  try {
    await use();
    return '';
  } catch (error) {
    if (error instanceof ServiceError) return error.fault.code;
    throw error;
  }
}
