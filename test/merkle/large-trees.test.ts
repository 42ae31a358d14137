import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import { formatHex } from '../../src/core/encoding/hex.ts';
import type { Result } from '../../src/core/fault.ts';
import { verifyConsistency } from '../../src/core/merkle/consistency.ts';
import { appendLeaves, formatFrontier, frontierRoot, parseFrontier } from '../../src/core/merkle/frontier.ts';
import { verifyInclusion } from '../../src/core/merkle/inclusion.ts';
import {
  consistencyPathFromTiles,
  frontierFromTiles,
  inclusionPathFromTiles,
  tilesForConsistency,
  tilesForFrontier,
  tilesForInclusion,
} from '../../src/core/merkle/tile.ts';
import { sparseTree } from './sparse-tree.ts';

type LargeTree = {
  readonly size: number;
  readonly root: string;
  readonly inclusionPathsSha256: string;
  readonly consistencyPathsSha256: string;
};
type LargeTrees = { readonly marked: readonly number[]; readonly trees: readonly LargeTree[] };

const vectors: LargeTrees = JSON.parse(readFileSync(new URL('vectors/large-trees.json', import.meta.url), 'utf8'));
const sparse = sparseTree(vectors.marked);

function sha256Hex(hashes: readonly Uint8Array[]): string {
  return createHash('sha256')
    .update(concatBytes(...hashes))
    .digest('hex');
}

function unwrap<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : result.fault.code);
  return result.value;
}

test('reaches the independently computed root of every large tree from its tiles, up to 2^53-1 leaves', () => {
  assert.equal(vectors.trees.at(-1)?.size, Number.MAX_SAFE_INTEGER);
  for (const { size, root } of vectors.trees) {
    const frontier = unwrap(frontierFromTiles(size, sparse.tiles(tilesForFrontier(size))));
    assert.equal(formatHex(frontierRoot(frontier)), root, `size ${size}`);
    assert.deepEqual(unwrap(parseFrontier(formatFrontier(frontier))), frontier);
  }
});

test('builds from tiles the inclusion paths that sumdb/tlog builds, and verifies them', () => {
  for (const { size, root, inclusionPathsSha256 } of vectors.trees) {
    const paths: Uint8Array[] = [];
    for (const index of vectors.marked.filter((mark) => mark < size)) {
      const path = unwrap(inclusionPathFromTiles(index, size, sparse.tiles(tilesForInclusion(index, size))));
      const claim = { index, size, leafHash: sparse.leafAt(index), path, root: sparse.rootOver(0, size) };
      assert.equal(formatHex(claim.root), root);
      assert.deepEqual(verifyInclusion(claim), { ok: true, value: undefined }, `${index} of ${size}`);
      for (const elsewhere of [
        index % 2 === 0 ? index + 1 : index - 1,
        index + 2 ** 31,
        index + 2 ** 32,
        index - 2 ** 32,
      ]) {
        if (elsewhere === index || elsewhere < 0 || elsewhere >= size || path.length === 0) continue;
        assert.equal(verifyInclusion({ ...claim, index: elsewhere }).ok, false, `${elsewhere} for ${index} of ${size}`);
      }
      paths.push(...path);
    }
    assert.equal(sha256Hex(paths), inclusionPathsSha256, `size ${size}`);
  }
});

test('builds from tiles the consistency paths that sumdb/tlog builds, and verifies them', () => {
  const sizes = vectors.trees.map((tree) => tree.size);
  for (const { size: second, consistencyPathsSha256 } of vectors.trees) {
    const paths: Uint8Array[] = [];
    for (const first of sizes.filter((size) => size <= second)) {
      const path = unwrap(consistencyPathFromTiles(first, second, sparse.tiles(tilesForConsistency(first, second))));
      const firstRoot = sparse.rootOver(0, first);
      const claim = { first, second, firstRoot, secondRoot: sparse.rootOver(0, second), path };
      assert.deepEqual(verifyConsistency(claim), { ok: true, value: undefined }, `${first} to ${second}`);
      paths.push(...path);
    }
    assert.equal(sha256Hex(paths), consistencyPathsSha256, `size ${second}`);
  }
});

test('appends across 2^31, 2^32 and 2^52, and to the last leaf that a number can count', () => {
  for (const size of [2 ** 31, 2 ** 32, 2 ** 48, 2 ** 52, 2 ** 53 - 5]) {
    const before = size - 3;
    const frontier = unwrap(frontierFromTiles(before, sparse.tiles(tilesForFrontier(before))));
    const leaves = Array.from({ length: 7 }, (_, offset) => sparse.leafAt(before + offset));
    assert.deepEqual(frontierRoot(appendLeaves(frontier, leaves)), sparse.rootOver(0, before + 7), `size ${size}`);
  }
  const last = unwrap(frontierFromTiles(2 ** 53 - 1, sparse.tiles(tilesForFrontier(2 ** 53 - 1))));
  assert.throws(() => appendLeaves(last, [sparse.leafAt(1)]), { name: 'InvariantError' });
});
