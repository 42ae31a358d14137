import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyInclusion } from '../../src/core/merkle/inclusion.ts';
import { inclusionPathFromTiles, inclusionPathsFromTiles, tilesForInclusion } from '../../src/core/merkle/tile.ts';
import { TileMemory } from '../../src/core/merkle/tile-memory.ts';
import { sparseTree } from './sparse-tree.ts';

const SIZES = [70_000, 65_537, 131_072, 131_073, 400_000, 70_000];
const INDEXES = [0, 255, 256, 40_000, 65_535, 65_536, 69_999];

test('one memory over many proofs and sizes changes no path', () => {
  const tree = sparseTree(INDEXES);
  const memory = new TileMemory();
  for (const size of SIZES)
    for (const indexes of [INDEXES.slice(0, 3), INDEXES].map((all) => all.filter((index) => index < size))) {
      const tiles = tree.tiles(indexes.flatMap((index) => tilesForInclusion(index, size)));
      const paths = inclusionPathsFromTiles(indexes, size, tiles, memory);
      assert.ok(paths.ok);
      for (const index of indexes) {
        const path: readonly Uint8Array[] = paths.value.get(index) ?? [];
        assert.deepEqual({ ok: true, value: path }, inclusionPathFromTiles(index, size, tiles));
        const root = tree.rootOver(0, size);
        assert.ok(verifyInclusion({ index, size, leafHash: tree.leafAt(index), path, root }).ok);
      }
    }
});

test('what was computed of a tile counts for these bytes alone: a changed tile gives its own path, a restored one the old', () => {
  const size = 140_000;
  const index = 300;
  const tree = sparseTree([index]);
  const memory = new TileMemory();
  const tiles = tree.tiles(tilesForInclusion(index, size));
  const honest = inclusionPathFromTiles(index, size, tiles);
  assert.deepEqual(inclusionPathsFromTiles([index], size, tiles, memory), {
    ok: true,
    value: new Map([[index, pathOf(honest)]]),
  });
  for (const [path, bytes] of tiles) {
    const forged = bytes.slice();
    // The last hash of a tile is on the way of none of these indexes, and below some hash of the path.
    forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1;
    const changed = new Map([...tiles, [path, forged]]);
    const expected = inclusionPathFromTiles(index, size, changed);
    assert.notDeepEqual(expected, honest, path);
    const given = inclusionPathsFromTiles([index], size, changed, memory);
    assert.ok(given.ok);
    assert.deepEqual(given.value.get(index), pathOf(expected), path);
    const restored = inclusionPathsFromTiles([index], size, tiles, memory);
    assert.ok(restored.ok);
    assert.deepEqual(restored.value.get(index), pathOf(honest), path);
  }
});

test('keeps 64 tiles, those that were used last, and none of level 0', () => {
  const memory = new TileMemory();
  const bytes = new Uint8Array(32);
  const tile = (index: number) => ({ level: 1, index, width: 1 });
  const first = memory.innerOf(tile(0), bytes);
  const second = memory.innerOf(tile(1), bytes);
  for (let index = 2; index < 64; index += 1) memory.innerOf(tile(index), bytes);
  assert.equal(memory.innerOf(tile(0), bytes), first);
  memory.innerOf(tile(64), bytes);
  assert.equal(memory.innerOf(tile(0), bytes), first);
  assert.notEqual(memory.innerOf(tile(1), bytes), second);
  assert.equal(memory.innerOf({ level: 0, index: 0, width: 1 }, bytes), undefined);
});

function pathOf(result: ReturnType<typeof inclusionPathFromTiles>): readonly Uint8Array[] {
  assert.ok(result.ok);
  return result.value;
}
