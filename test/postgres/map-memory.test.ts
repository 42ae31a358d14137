import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapChanges } from '../../src/core/map/ledger-map.ts';
import { EMPTY_MAP_ROOT } from '../../src/core/map/map-hash.ts';
import { EMPTY_FRONTIER, frontierRoot } from '../../src/core/merkle/frontier.ts';
import { type GrownMap, MapMemory } from '../../src/postgres/map-memory.ts';
import { formatMapDelta } from '../../src/postgres/map-pages.ts';
import { ServiceError, type StoredHead } from '../../src/service/ports.ts';

const NONE = new Map();

function headOf(size: number, mapRoot: Uint8Array): StoredHead {
  return { origin: 'waybill-00ff', frontier: { ...EMPTY_FRONTIER, size }, root: frontierRoot(EMPTY_FRONTIER), mapRoot };
}

function grownBy(memory: MapMemory, name: string, seq: number): GrownMap {
  return memory.grow(mapChanges([{ keys: [{ key: `image:${name}`, n: 1 }], seq, hash: 'a1'.repeat(32) }]), NONE);
}

function loaded(): MapMemory {
  const memory = new MapMemory();
  memory.load(headOf(0, EMPTY_MAP_ROOT), []);
  return memory;
}

test('a batch settles beside readers who follow to the head before it, or to its own', () => {
  const memory = loaded();
  const first = grownBy(memory, 'first', 0);
  assert(memory.follow(headOf(0, EMPTY_MAP_ROOT), []));
  const one = headOf(2, first.root);
  first.settle(one);
  assert.equal(memory.head, one);

  const second = grownBy(memory, 'second', 2);
  const two = headOf(4, second.root);
  const delta = { size: '4', changes: formatMapDelta(second.pages) };
  assert(memory.follow(two, [delta]), 'a reader has seen the commit first');
  second.settle(headOf(4, second.root));
  assert.equal(memory.head, two);

  const third = grownBy(memory, 'third', 4);
  third.settle(headOf(6, third.root));
  assert.equal(memory.head?.frontier.size, 6);
  assert(memory.follow(headOf(6, third.root), []));
});

test('deltas count only where they lead to the root of an authenticated head, and never backwards', () => {
  const memory = loaded();
  const first = grownBy(memory, 'first', 0);
  const second = grownBy(memory, 'second', 0);
  const delta = (grown: GrownMap) => ({ size: '2', changes: formatMapDelta(grown.pages) });
  assert.equal(memory.follow(headOf(2, first.root), [delta(second)]), false);
  assert.equal(memory.follow(headOf(2, first.root), []), false);
  assert.equal(memory.head?.frontier.size, 0);
  assert(memory.follow(headOf(2, first.root), [delta(first)]));
  assert.equal(memory.follow(headOf(0, EMPTY_MAP_ROOT), []), false);
  assert.throws(
    () => memory.load(headOf(2, second.root), []),
    (error) => error instanceof ServiceError && error.fault.code === 'map/page-differs',
  );
});
