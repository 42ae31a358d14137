import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { appendLeaves, EMPTY_FRONTIER, type Frontier, frontierRoot } from '../../src/core/merkle/frontier.ts';
import { growTree } from '../../src/core/merkle/grow-tree.ts';
import { leafHash } from '../../src/core/merkle/hash.ts';
import { verifyInclusion } from '../../src/core/merkle/inclusion.ts';
import { TREE_SIZE_MAX } from '../../src/core/merkle/size.ts';
import { inclusionPath, rootOf } from '../../src/core/merkle/tree.ts';
import { sparseTree } from './sparse-tree.ts';

const leaves = Array.from({ length: 700 }, (_, index) => leafHash(new TextEncoder().encode(`leaf ${index}`)));
const frontierOf = (size: number): Frontier => appendLeaves(EMPTY_FRONTIER, leaves.slice(0, size));

type TileHash = { readonly level: number; readonly index: number; readonly hash: Uint8Array };

function assertGrown(oldSize: number, count: number): void {
  const added = leaves.slice(oldSize, oldSize + count);
  const whole = leaves.slice(0, oldSize + count);
  const tileHashes: TileHash[] = [];
  const expectedTileHashes: TileHash[] = [];
  const grown = growTree(frontierOf(oldSize), added, (level, index, hash) => tileHashes.push({ level, index, hash }));
  const expected = appendLeaves(frontierOf(oldSize), added, (level, index, hash) =>
    expectedTileHashes.push({ level, index, hash }),
  );
  const label = `${count} leaves after ${oldSize}`;
  assert.deepEqual(grown.frontier, expected, label);
  assert.deepEqual(grown.root, rootOf(whole), label);
  assert.deepEqual(tileHashes.sort(byPlace), expectedTileHashes.sort(byPlace), label);
  for (let index = oldSize; index < whole.length; index += 1)
    assert.deepEqual(grown.pathOf(index), inclusionPath(whole, index), `${index}: ${label}`);
}

function byPlace(a: TileHash, b: TileHash): number {
  return a.level - b.level || a.index - b.index;
}

test('gives root, frontier and paths of up to 40 leaves after every tree of up to 40', () => {
  for (let oldSize = 0; oldSize <= 40; oldSize += 1)
    for (const count of [0, 1, 2, 3, 5, 8, 13, 31, 40]) assertGrown(oldSize, count);
});

test('gives what the plain tree gives for batches of any size after trees of any size', () => {
  fc.assert(
    fc.property(fc.nat(400), fc.nat(299), (oldSize, count) => assertGrown(oldSize, count)),
    {
      numRuns: 15,
      examples: [
        [0, 256],
        [255, 1],
        [256, 256],
        [1, 299],
      ],
    },
  );
});

test('stays exact beyond 2^32 leaves and up to the largest tree', () => {
  for (const size of [2 ** 32 + 5, 2 ** 33 + 2 ** 8 - 1, TREE_SIZE_MAX]) {
    const count = 9;
    const oldSize = size - count;
    const added = Array.from({ length: count }, (_, offset) => oldSize + offset);
    const tree = sparseTree(added);
    const frontier = { size: oldSize, hashes: rangesOf(oldSize).map(([from, to]) => tree.rootOver(from, to)) };
    const grown = growTree(frontier, added.map(tree.leafAt));
    assert.deepEqual(grown.root, tree.rootOver(0, size));
    assert.deepEqual(frontierRoot(grown.frontier), grown.root);
    for (const index of added) {
      const claim = { index, size, leafHash: tree.leafAt(index), path: grown.pathOf(index), root: grown.root };
      assert.deepEqual(verifyInclusion(claim), { ok: true, value: undefined });
    }
  }
});

test('a path of an old leaf, a short hash and a frontier of another size are broken invariants', () => {
  const grown = growTree(frontierOf(5), leaves.slice(5, 7));
  assert.throws(() => grown.pathOf(4));
  assert.throws(() => grown.pathOf(7));
  assert.throws(() => growTree(frontierOf(5), [new Uint8Array(31)]));
  assert.throws(() => growTree({ size: 6, hashes: frontierOf(7).hashes }, []));
  assert.throws(() => growTree({ size: TREE_SIZE_MAX, hashes: [] }, leaves.slice(0, 1)));
});

/** The perfect subtrees of a tree, largest first. */
function rangesOf(size: number): readonly (readonly [from: number, to: number])[] {
  const ranges: [number, number][] = [];
  let from = 0;
  for (let width = 2 ** 52; width >= 1; width /= 2) {
    if (from + width > size) continue;
    ranges.push([from, from + width]);
    from += width;
  }
  return ranges;
}
