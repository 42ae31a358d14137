import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatHex } from '../../src/core/encoding/hex.ts';
import { linkEntries } from '../../src/core/entry/link.ts';
import { LedgerReplay } from '../../src/core/entry/replay.ts';
import { LedgerMap } from '../../src/core/map/ledger-map.ts';
import { appendLeaves, EMPTY_FRONTIER } from '../../src/core/merkle/frontier.ts';
import { openServiceKeys } from '../../src/keys/service-keys.ts';
import {
  ENTRIES_OF_AN_IMAGE,
  type Growth,
  growImages,
  growIndexes,
  KEYS_OF_AN_INDEX,
} from '../../src/main/bench/grow-ledger.ts';
import { createWorkload } from '../../src/main/bench/workload.ts';
import { makeFolder } from '../harness/embedded-folder.ts';

const ORIGIN = 'waybill-0123456789abcdef';
const IMAGES = 40;
const INDEXES = 130;

test('a ledger that the bench grows is a true one: it replays, every batch ends with its map, and so are the pages', (t) => {
  const keys = openServiceKeys(join(makeFolder(t), 'keys'), undefined);
  const replay = new LedgerReplay(ORIGIN);
  const take = (leaf: Uint8Array) => assert.deepEqual(replay.next(leaf).findings, []);
  const time = new Date().toISOString();
  const body = {
    mapRule: 'waybill/map/v1',
    logKeys: [keys.logSigner(ORIGIN).vkey],
    controlKeys: [],
    controlThreshold: 0,
  };
  const opening = { kind: 'log.opened', principal: 'service', body };
  const [opened] = linkEntries({ log: ORIGIN, size: 0 }, new Map(), time, [opening]);
  assert(opened !== undefined);
  take(opened.bytes);
  const map = new LedgerMap();
  map.take({ keys: opened.entry.keys, seq: 0, hash: formatHex(opened.hash) });
  const growth: Growth = {
    origin: ORIGIN,
    keys,
    workload: createWorkload(),
    principal: 'bench',
    head: { log: ORIGIN, size: 1, last: { hash: formatHex(opened.hash), time } },
    frontier: appendLeaves(EMPTY_FRONTIER, [opened.hash]),
    edges: [[opened.hash]],
    lists: new Map(),
    map,
  };
  const pages = new Map<unknown, Readonly<Record<string, unknown>>>();
  let batches = 0;
  const images = growImages(growth, { first: 0, count: IMAGES });
  const indexes = growIndexes(growth, { first: 0, count: INDEXES });
  for (const { tables } of [images, indexes].flatMap((part) => [...part])) {
    const rowsOf = (name: string) => tables.find(({ table }) => table === name)?.rows ?? [];
    for (const { leaf } of rowsOf('entry')) take(leaf as Uint8Array);
    for (const page of rowsOf('map_page')) pages.set(page.bucket, page);
    const [head] = rowsOf('head');
    assert.deepEqual([head?.size, head?.root, head?.map_root], [String(replay.size), replay.root, replay.committedMap]);
    batches += 1;
  }
  assert.equal(replay.size, 1 + IMAGES * ENTRIES_OF_AN_IMAGE + INDEXES + batches);
  // The opening began one list, the image's stages extend those of the images, and every index begins 65.
  assert.equal(growth.map.commit().keys, 1 + IMAGES + INDEXES * KEYS_OF_AN_INDEX);
  // The page of the opening was not changed by any batch but the first, which commits to it too.
  assert.equal(pages.size, [...growth.map.pages()].length);
  for (const { bucket, hash, body: stored } of growth.map.pages()) {
    assert.deepEqual([pages.get(bucket)?.hash, pages.get(bucket)?.body], [hash, stored]);
    assert.deepEqual([replay.map.bucketHash(bucket), replay.map.page(bucket)], [hash, stored]);
  }
});
