import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyConsistency } from '../../src/core/merkle/consistency.ts';
import { appendLeaves, EMPTY_FRONTIER, frontierRoot } from '../../src/core/merkle/frontier.ts';
import { EMPTY_ROOT, leafHash, nodeHash } from '../../src/core/merkle/hash.ts';
import { verifyInclusion } from '../../src/core/merkle/inclusion.ts';
import {
  consistencyPathFromTiles,
  inclusionPathFromTiles,
  tilesForConsistency,
  tilesForInclusion,
} from '../../src/core/merkle/tile.ts';
import { consistencyPath, inclusionPath, rootOf } from '../../src/core/merkle/tree.ts';
import { sparseTree } from './sparse-tree.ts';

const SIZE_MAX = 258;
const indexes = Array.from({ length: SIZE_MAX }, (_, index) => index);
/** Every leaf is different, so that a path for another leaf cannot pass by accident. */
const every = sparseTree(indexes);
const leaves = indexes.map((index) => every.leafAt(index));
const VERIFIED = { ok: true, value: undefined };

test('hashes the empty tree, a leaf and a node as RFC 6962 section 2.1 defines them', () => {
  // SHA-256 of no bytes, and of the one byte 0x00, computed with sha256sum.
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  assert.equal(hex(EMPTY_ROOT), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(hex(leafHash(new Uint8Array())), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  assert.equal(
    hex(nodeHash(EMPTY_ROOT, leafHash(new Uint8Array()))),
    '332c01c4186eab0ad095d79555ce5670a89d22f33b431d87728fb9e32d149a5f',
  );
  assert.deepEqual(rootOf([]), EMPTY_ROOT);
});

test('proves every index of every size up to 256, by the plain tree and from tiles alike', () => {
  let frontier = EMPTY_FRONTIER;
  for (let size = 1; size <= 256; size++) {
    frontier = appendLeaves(frontier, leaves.slice(size - 1, size));
    const root = every.rootOver(0, size);
    assert.deepEqual(frontierRoot(frontier), root, `frontier of ${size}`);
    const isSampled = size <= 34 || size % 61 === 0 || size >= 255;
    if (isSampled) assert.deepEqual(rootOf(leaves.slice(0, size)), root, `plain root of ${size}`);
    for (let index = 0; index < size; index++) {
      const path = pathOf(index, 0, size);
      const claim = { index, size, leafHash: every.leafAt(index), path, root };
      assert.deepEqual(verifyInclusion(claim), VERIFIED, `${index} of ${size}`);
      if (!isSampled) continue;
      assert.deepEqual(inclusionPath(leaves.slice(0, size), index), path);
      const tiles = every.tiles(tilesForInclusion(index, size));
      assert.deepEqual(inclusionPathFromTiles(index, size, tiles), { ok: true, value: path });
    }
  }
});

test('proves that every size up to 130 extends every smaller one, and that no altered history does', () => {
  for (let second = 1; second <= 130; second++) {
    const secondRoot = every.rootOver(0, second);
    for (let first = 1; first <= second; first++) {
      const path = growthOf(first, 0, second, true);
      const claim = { first, second, firstRoot: every.rootOver(0, first), secondRoot, path };
      assert.deepEqual(verifyConsistency(claim), VERIFIED, `${first} to ${second}`);
      const forged = verifyConsistency({ ...claim, firstRoot: every.rootOver(first - 1, first) });
      if (first > 1) assert.equal(forged.ok, false, `another first root, ${first} to ${second}`);
      if (second > 34 && second % 31 !== 0 && second < 129) continue;
      assert.deepEqual(consistencyPath(leaves.slice(0, second), first), path);
      const tiles = every.tiles(tilesForConsistency(first, second));
      assert.deepEqual(consistencyPathFromTiles(first, second, tiles), { ok: true, value: path });
    }
  }
});

/** The inclusion path by its recursive definition, over subtree roots that are computed once. */
function pathOf(index: number, start: number, end: number): Uint8Array[] {
  if (end - start === 1) return [];
  const middle = start + 2 ** ((end - start - 1).toString(2).length - 1);
  return index < middle
    ? [...pathOf(index, start, middle), every.rootOver(middle, end)]
    : [...pathOf(index, middle, end), every.rootOver(start, middle)];
}

/** The consistency path by its recursive definition, over subtree roots that are computed once. */
function growthOf(first: number, start: number, end: number, whole: boolean): Uint8Array[] {
  if (first === end) return whole ? [] : [every.rootOver(start, end)];
  const middle = start + 2 ** ((end - start - 1).toString(2).length - 1);
  return first <= middle
    ? [...growthOf(first, start, middle, whole), every.rootOver(middle, end)]
    : [...growthOf(first, middle, end, false), every.rootOver(start, middle)];
}
