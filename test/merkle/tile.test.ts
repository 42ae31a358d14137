import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatBundle, parseBundle } from '../../src/core/merkle/entry-bundle.ts';
import { appendLeaves, EMPTY_FRONTIER, frontierRoot, parseFrontier } from '../../src/core/merkle/frontier.ts';
import {
  completedTiles,
  consistencyPathFromTiles,
  consistencyPathsFromTiles,
  formatTilePath,
  frontierFromTiles,
  inclusionPathFromTiles,
  inclusionPathsFromTiles,
  parseTilePath,
  tileAt,
  tileRoot,
  tilesForConsistency,
  tilesForFrontier,
  tilesForInclusion,
} from '../../src/core/merkle/tile.ts';
import { formatBundlePath, parseBundlePath } from '../../src/core/merkle/tile-path.ts';
import { rootOf } from '../../src/core/merkle/tree.ts';
import { sparseTree } from './sparse-tree.ts';

const sparse = sparseTree([0, 3, 255, 256, 511, 65_535, 65_536, 69_999]);

test('writes tile paths as C2SP tlog-tiles spells them', () => {
  assert.equal(formatTilePath({ level: 0, index: 1_234_067, width: 256 }), 'tile/0/x001/x234/067');
  assert.equal(formatTilePath({ level: 1, index: 0, width: 17 }), 'tile/1/000.p/17');
  assert.equal(formatTilePath({ level: 2, index: 1_000, width: 1 }), 'tile/2/x001/000.p/1');
  assert.equal(formatBundlePath({ index: 273, width: 112 }), 'tile/entries/273.p/112');
  assert.deepEqual(parseBundlePath('tile/entries/x001/234'), { ok: true, value: { index: 1234, width: 256 } });
});

test('refuses every other spelling of a tile path (merkle/malformed-tile-path)', () => {
  const refused = [
    'tile/0/0',
    'tile/0/0000',
    'tile/00/000',
    'tile/7/000',
    'tile/-1/000',
    'tile/0/x000/001',
    'tile/0/001/000',
    'tile/0/x001',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/0/000.p/',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/000.p/1\n',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/6/001',
    'tile/6/000',
    'tile/entries/000',
    'tile/data/000',
    '',
    'tile/0/٠٠٠',
    'tile/0/X001/000',
    'tile/0/x035/x184/x372/x088/831',
  ];
  for (const path of refused) {
    const result = parseTilePath(path);
    assert.equal(result.ok ? 'accepted' : result.fault.code, 'merkle/malformed-tile-path', path);
  }
  for (const path of ['tile/0/000', 'tile/entries/0', 'entries/000', 'tile/entries/tile/entries/000']) {
    assert.equal(parseBundlePath(path).ok, false, path);
  }
  // The last tile of the largest tree lacks its 256th hash: 2^53-1 leaves, not 2^53.
  assert.ok(parseTilePath('tile/0/x035/x184/x372/x088/831.p/255').ok);
  assert.ok(parseTilePath('tile/6/000.p/31').ok);
});

test('reads back every tile path it writes', () => {
  const ids = fc.tuple(
    fc.nat({ max: 6 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 1, max: 256 }),
  );
  const property = fc.property(ids, ([level, part, width]) => {
    const indexMax = Math.floor((Math.floor(Number.MAX_SAFE_INTEGER / 256 ** level) - width) / 256);
    if (indexMax < 0) return;
    const id = { level, index: Math.floor(indexMax * part), width };
    assert.deepEqual(parseTilePath(formatTilePath(id)), { ok: true, value: id });
  });
  fc.assert(property, { numRuns: 500 });
});

test('sees a tree of 70,000 and one of 256 leaves in the tiles that the specification lists', () => {
  assert.deepEqual(tileAt(0, 272, 70_000), { level: 0, index: 272, width: 256 });
  assert.deepEqual(tileAt(0, 273, 70_000), { level: 0, index: 273, width: 112 });
  assert.equal(tileAt(0, 274, 70_000), undefined);
  assert.deepEqual(tileAt(1, 0, 70_000), { level: 1, index: 0, width: 256 });
  assert.deepEqual(tileAt(1, 1, 70_000), { level: 1, index: 1, width: 17 });
  assert.deepEqual(tileAt(2, 0, 70_000), { level: 2, index: 0, width: 1 });
  assert.equal(tileAt(2, 0, 65_535), undefined);
  assert.deepEqual(
    [tileAt(0, 0, 256), tileAt(1, 0, 256)?.width, tileAt(0, 1, 256)],
    [{ level: 0, index: 0, width: 256 }, 1, undefined],
  );
  const completed = completedTiles(0, 70_000);
  assert.deepEqual(
    [completed.length, completed[272], completed[273]],
    [274, { level: 0, index: 272, width: 256 }, { level: 1, index: 0, width: 256 }],
  );
  assert.deepEqual(completedTiles(256, 511), []);
  assert.deepEqual(completedTiles(511, 512), [{ level: 0, index: 1, width: 256 }]);
  assert.deepEqual(completedTiles(2 ** 53 - 1, 2 ** 53 - 1), []);
  const names = tilesForFrontier(70_000).map(formatTilePath);
  assert.deepEqual(names, ['tile/2/000.p/1', 'tile/1/001.p/17', 'tile/0/273.p/112']);
});

test('hands out each tile hash once while the tree grows, whatever the batches', () => {
  const size = 66_000;
  const leaves = Array.from({ length: size }, (_, index) => sparse.leafAt(index));
  const built = new Map<string, Uint8Array>();
  let frontier = EMPTY_FRONTIER;
  for (let start = 0, batch = 1; start < size; start += batch, batch = (batch * 7) % 4_099) {
    frontier = appendLeaves(frontier, leaves.slice(start, start + batch), (level, index, hash) => {
      assert.ok(!built.has(`${level}/${index}`));
      built.set(`${level}/${index}`, hash);
    });
  }
  assert.equal(built.size, Math.floor(size / 256) + Math.floor(size / 65_536));
  assert.deepEqual(frontierRoot(frontier), sparse.rootOver(0, size));
  assert.deepEqual(built.get('1/1'), sparse.rootOver(256, 512));
  assert.deepEqual(built.get('1/1'), tileRoot(sparse.tile({ level: 0, index: 1, width: 256 })));
  assert.deepEqual(built.get('2/0'), tileRoot(sparse.tile({ level: 1, index: 0, width: 256 })));
});

test('gives the paths from several sizes together as it gives each alone, and refuses what it refuses alone', () => {
  const size = 70_000;
  const firsts = [1, 3, 4, 255, 256, 257, 65_535, 65_536, 69_999, 70_000];
  const tiles = sparse.tiles(firsts.flatMap((first) => tilesForConsistency(first, size)));
  const together = consistencyPathsFromTiles(firsts, size, tiles);
  assert(together.ok);
  for (const first of firsts) {
    assert.deepEqual({ ok: true, value: together.value.get(first) }, consistencyPathFromTiles(first, size, tiles));
  }
  const none = new Map<string, Uint8Array>();
  assert.deepEqual(
    [[1], [0], [size + 1]].map((sizes) => codeOf(consistencyPathsFromTiles(sizes, size, none))),
    ['merkle/missing-tile', 'merkle/size-out-of-range', 'merkle/size-out-of-range'],
  );
});

test('gives the paths of several leaves together as it gives each alone, and refuses what it refuses alone', () => {
  const size = 70_000;
  const indexes = [0, 3, 4, 255, 256, 65_535, 69_999];
  const tiles = sparse.tiles(indexes.flatMap((index) => tilesForInclusion(index, size)));
  const together = inclusionPathsFromTiles(indexes, size, tiles);
  assert(together.ok);
  for (const index of indexes) {
    assert.deepEqual({ ok: true, value: together.value.get(index) }, inclusionPathFromTiles(index, size, tiles));
  }
  const none = new Map<string, Uint8Array>();
  const refused = [inclusionPathsFromTiles([0], size, none), inclusionPathsFromTiles([size], size, tiles)];
  assert.deepEqual(
    [...refused, inclusionPathsFromTiles([], 0, none)].map((result) => (result.ok ? 'ok' : result.fault.code)),
    ['merkle/missing-tile', 'merkle/index-out-of-range', 'merkle/size-out-of-range'],
  );
});

test('takes a full tile in place of a partial one that the log no longer keeps', () => {
  const full = sparse.tile({ level: 0, index: 1, width: 256 });
  const exact = sparse.tiles(tilesForInclusion(300, 400));
  assert.ok(exact.delete('tile/0/001.p/144'));
  assert.equal(codeOf(inclusionPathFromTiles(300, 400, exact)), 'merkle/missing-tile');
  exact.set('tile/0/001', full);
  const rebuilt = inclusionPathFromTiles(300, 400, exact);
  assert.deepEqual(rebuilt, inclusionPathFromTiles(300, 400, sparse.tiles(tilesForInclusion(300, 400))));
  exact.set('tile/0/001', full.slice(32));
  assert.equal(codeOf(inclusionPathFromTiles(300, 400, exact)), 'merkle/malformed-tile');
});

test('names what is wrong with sizes, indexes and tiles, and never throws on them', () => {
  const none = new Map<string, Uint8Array>();
  assert.equal(codeOf(inclusionPathFromTiles(1, 1, none)), 'merkle/index-out-of-range');
  assert.equal(codeOf(inclusionPathFromTiles(0, 0, none)), 'merkle/size-out-of-range');
  assert.equal(codeOf(consistencyPathFromTiles(0, 1, none)), 'merkle/size-out-of-range');
  assert.equal(codeOf(frontierFromTiles(2 ** 53, none)), 'merkle/size-out-of-range');
  assert.deepEqual(frontierFromTiles(0, none), { ok: true, value: EMPTY_FRONTIER });
  const numbers = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constant(2 ** 53 - 1));
  const property = fc.property(numbers, numbers, (a, b) => {
    for (const result of [
      inclusionPathFromTiles(a, b, none),
      consistencyPathFromTiles(a, b, none),
      frontierFromTiles(a, none),
    ]) {
      if (result.ok)
        assert.ok(
          Array.isArray(result.value) ? result.value.length === 0 : 'size' in result.value && result.value.size === 0,
        );
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test('reads back frontiers and bundles, and refuses any other bytes', () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 256 });
  fc.assert(
    fc.property(entries, (list) => {
      const bundle = formatBundle(list);
      assert.deepEqual(parseBundle(bundle, list.length), { ok: true, value: list });
      for (const wrong of [list.length - 1, list.length + 1]) {
        assert.equal(codeOf(parseBundle(bundle, wrong)), 'merkle/malformed-bundle');
      }
      assert.equal(codeOf(parseBundle(bundle.slice(0, -1), list.length)), 'merkle/malformed-bundle');
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 257 }), (bytes, width) => {
      const frontier = parseFrontier(bytes);
      if (!frontier.ok) assert.equal(frontier.fault.code, 'merkle/malformed-frontier');
      const bundle = parseBundle(bytes, width);
      if (bundle.ok) assert.equal(bundle.value.length, width);
      else assert.equal(bundle.fault.code, 'merkle/malformed-bundle');
      assert.equal(codeOf(parseTilePath(Buffer.from(bytes).toString('latin1'))), 'merkle/malformed-tile-path');
    }),
    { numRuns: 500 },
  );
  assert.equal(codeOf(parseFrontier(Uint8Array.of(0, 32, 0, 0, 0, 0, 0, 0))), 'merkle/malformed-frontier');
  assert.deepEqual(frontierRoot(EMPTY_FRONTIER), rootOf([]));
});

function codeOf(
  result: { readonly ok: true } | { readonly ok: false; readonly fault: { readonly code: string } },
): string {
  return result.ok ? 'ok' : result.fault.code;
}
