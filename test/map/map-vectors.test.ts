import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { equalBytes } from '../../src/core/encoding/bytes.ts';
import { firstDifference, keyBit } from '../../src/core/map/key-bits.ts';
import {
  type MapLeaf,
  type MapNode,
  makeMapLeaf,
  mapOfLeaves,
  mapRoot,
  setInMap,
} from '../../src/core/map/map-trie.ts';
import { naiveRoot, type Pair } from './naive-map.ts';

const VECTORS = join(import.meta.dirname, '..', '..', '..', 'shared', 'vectors', 'mpt', 'treehash.txt');
const missing = existsSync(VECTORS) ? false : `vectors are not there: ${VECTORS}`;
if (missing !== false && process.env.CI === 'true') throw new Error(missing);

type VectorSet = { readonly line: number; readonly pairs: readonly Pair[]; readonly root: string };

function readSets(text: string): readonly VectorSet[] {
  const sets: VectorSet[] = [];
  let pairs: Pair[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const [word = '', a = '', b = ''] = line.split(' ');
    const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll("'", ''), 'hex'));
    if (word === 'kv') pairs.push({ key: bytes(a), value: bytes(b) });
    if (word !== 'hash') continue;
    sets.push({ line: index + 1, pairs, root: a });
    pairs = [];
  }
  return sets;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const built = (pairs: readonly Pair[]) =>
  pairs.reduce<MapNode | undefined>((map, { key, value }) => setInMap(map, key, value), undefined);

describe('roots of published maps', { skip: missing }, () => {
  const sets = missing === false ? readSets(readFileSync(VECTORS, 'utf8')) : [];
  test('there are as many sets as the source has', () => assert.equal(sets.length, 11));
  for (const { line, pairs, root } of sets) {
    test(`line ${line}: ${pairs.length} keys, in whatever order they are set`, () => {
      assert.equal(hex(mapRoot(built(pairs))), root);
      assert.equal(hex(mapRoot(built(pairs.toReversed()))), root);
      assert.equal(hex(naiveRoot(pairs)), root);
      const byKey = pairs.map(({ key, value }) => makeMapLeaf(key, value)).sort(byBits);
      assert.equal(hex(mapRoot(mapOfLeaves(byKey))), root);
    });
  }
});

function byBits(a: MapLeaf, b: MapLeaf): number {
  const bit = firstDifference(a.key, b.key);
  assert(bit !== undefined && !equalBytes(a.key, b.key));
  return keyBit(a.key, bit) - keyBit(b.key, bit);
}
