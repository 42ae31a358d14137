import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { openService } from '../../src/service/open-service.ts';
import { type LedgerStore, ServiceError } from '../../src/service/ports.ts';
import { openReadiness } from '../../src/service/readiness.ts';
import type { Sequencer } from '../../src/service/sequencer.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { attestStage, growLedger, IMAGE, IMAGE_REPOSITORY, MANIFEST, rememberedBy } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

/** The service over a store that counts how often each reading is asked of it. */
function counted({ context }: ServiceUnderTest) {
  const counts = { head: 0, tiles: 0, entries: 0 };
  const store: LedgerStore = {
    ...context.store,
    head: () => {
      counts.head += 1;
      return context.store.head();
    },
    tiles: (tiles) => {
      counts.tiles += 1;
      return context.store.tiles(tiles);
    },
    entries: (seqs) => {
      counts.entries += seqs.length;
      return context.store.entries(seqs);
    },
  };
  return { api: openService({ ...context, store }), counts };
}

const hundred = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: 100 }, ask));

test('readiness is read once for all who ask within a quarter of a second, also while it is on its way', async () => {
  let [nowMs, asked] = [0, 0];
  const sequencer = {
    checkpoint: async () => {
      asked += 1;
      if (asked === 2) throw new ServiceError({ code: 'database/unreachable', message: 'gone' });
      return undefined;
    },
  } as unknown as Sequencer;
  const readiness = openReadiness({ sequencer }, () => nowMs);
  for (const state of await hundred(readiness)) assert.equal(state.ready, true);
  nowMs = 250;
  assert.equal((await readiness()).ready, true);
  assert.equal(asked, 1);
  nowMs = 251;
  for (const state of await hundred(readiness)) assert.equal(state.reason, 'database/unreachable');
  nowMs = 502;
  assert.equal((await readiness()).ready, true);
  assert.equal(asked, 3);
});

test('a checkpoint is never older than a receipt that was given before it was asked for, by whichever replica', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 1);
  const { api } = counted(service);
  const peer = (await service.openAnother()).context;
  for (let stage = 2; stage < 6; stage += 1) {
    const receipt = await attestStage(stage % 2 === 0 ? peer : service.context, service.admin, `stage-${stage}`);
    for (const note of await Promise.all([api.readCheckpoint(), api.readCheckpoint()])) {
      assert(note.ok);
      assert(Number(note.value.split('\n')[1]) >= rememberedBy(peer, receipt).size);
    }
  }
});

test('a hundred who ask for a checkpoint or a tile at once cost two readings, and a tile is read no second time', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 2);
  const { api, counts } = counted(service);
  const size = (await service.context.store.head()).frontier.size;
  const path = `tile/0/000.p/${size}`;
  const notes = await hundred(api.readCheckpoint);
  assert(notes.every((note) => note.ok));
  const tiles = await hundred(() => api.readTile(path));
  const [first] = tiles;
  assert(first?.ok && first.value.length === 32 * size);
  assert(counts.tiles <= 2, `${counts.tiles} readings`);
  const before = { ...counts };
  const again = await api.readTile(path);
  assert(again.ok);
  assert.deepEqual(counts, before);
  const beyond = await api.readTile(`tile/0/000.p/${size + 1}`);
  assert.equal(beyond.ok ? 'ok' : beyond.fault.code, 'service/not-found');
  const malformed = await api.readTile('tile/0/0');
  assert.equal(malformed.ok ? 'ok' : malformed.fault.code, 'merkle/malformed-tile-path');
  await attestStage(service.context, service.admin, 'stage-3');
  assert((await api.readTile(`tile/0/000.p/${size + 1}`)).ok, 'what was not there yet is not kept');
});

test('a chain holds what stands about the indexes above an image, marked by via, once and in order', async () => {
  await using service = await openServiceUnderTest();
  const { admin } = service;
  const api = openService(service.context);
  await growLedger(service, 1);
  const manifests = [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: IMAGE, size: MANIFEST.length }];
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const manifest = encodeUtf8(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  const index = await api.signImage(admin, { manifest, repository: IMAGE_REPOSITORY });
  assert(index.ok);
  const sbom = encodeUtf8(
    JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [] }] }),
  );
  const place = { subject: index.value.digest, repository: IMAGE_REPOSITORY, stage: 'lint' };
  assert((await api.submitAttestation(admin, { body: sbom, ...place })).ok);
  const chain = await api.readChain(admin, { digest: IMAGE, repository: IMAGE_REPOSITORY }, { limit: 10 });
  assert(chain.ok);
  assert.deepEqual(
    chain.value.items.map(({ entry, via }) => [entry.kind, via]),
    [
      ['image.signed', undefined],
      ['attestation.recorded', undefined],
      ['image.signed', index.value.digest],
      ['attestation.recorded', index.value.digest],
    ],
  );
});

test('a page of a chain reads its own entries, not the whole list, and pages make the whole chain', async () => {
  await using service = await openServiceUnderTest();
  await growLedger(service, 5);
  // Others file about the same digest, far more than a page.
  const superuser = openSuperuser(service.database.adminUrl);
  try {
    await sql`INSERT INTO list_entry (key, n, seq) SELECT ${`image:${IMAGE}`}, n, 100000 + n FROM generate_series(7, 5000) AS n`.execute(
      superuser.database,
    );
  } finally {
    await superuser.close();
  }
  const { api, counts } = counted(service);
  const seqs: number[] = [];
  let cursor: string | undefined;
  do {
    const request = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
    const answered = await api.readChain(service.admin, { digest: IMAGE, repository: IMAGE_REPOSITORY }, request);
    assert(answered.ok);
    assert(answered.value.items.length <= 2);
    seqs.push(...answered.value.items.map(({ entry }) => entry.seq));
    cursor = answered.value.next;
    if (seqs.length === 2) assert(counts.entries <= 256, `${counts.entries} entries`);
  } while (cursor !== undefined);
  assert.equal(seqs.length, 6);
  assert.deepEqual(
    seqs,
    seqs.toSorted((a, b) => a - b),
  );
});
