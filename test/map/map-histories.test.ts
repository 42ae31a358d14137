import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstDifference, keyBit } from '../../src/core/map/key-bits.ts';
import { formatMapProof, verifyMapClaim } from '../../src/core/map/map-proof.ts';
import {
  getFromMap,
  leavesOf,
  type MapNode,
  makeMapLeaf,
  mapOfLeaves,
  mapRoot,
  pathInMap,
  setInMap,
} from '../../src/core/map/map-trie.ts';
import type { Random } from '../hostile/mutate.ts';
import { seededRandom } from '../hostile/seeded-random.ts';
import { naiveProof, naiveRoot, type Pair } from './naive-map.ts';
import { flipped, KEY_SHAPES, lastPairs, randomHistory } from './random-maps.ts';

const HISTORIES = 12;

/** Keys that are probably not there, near the ones that are: one bit off, cut off, longer, and any. */
function keysNear(pairs: readonly Pair[], draw: (random: Random) => Uint8Array, random: Random): readonly Uint8Array[] {
  const near = pairs.flatMap(({ key }) => [
    ...(key.length === 0 ? [] : [flipped(key, Math.floor(random() * 8 * key.length)), key.subarray(0, -1)]),
    Uint8Array.of(...key, 0),
    Uint8Array.of(...key, 0, 0xff),
  ]);
  return [...near, draw(random), draw(random)];
}

function checkClaims(map: MapNode | undefined, pairs: readonly Pair[], key: Uint8Array): void {
  const proof = formatMapProof(key, map === undefined ? undefined : pathInMap(map, key));
  assert.deepEqual(proof, naiveProof(pairs, key));
  const claim = { root: mapRoot(map), key, proof };
  const value = getFromMap(map, key);
  assert.deepEqual(value, pairs.find((pair) => Buffer.compare(pair.key, key) === 0)?.value);
  assert(verifyMapClaim({ ...claim, value }).ok);
  // Nothing else can be claimed with it.
  assert(!verifyMapClaim({ ...claim, value: value === undefined ? new Uint8Array(48) : undefined }).ok);
  if (value !== undefined) assert(!verifyMapClaim({ ...claim, value: flipped(value, 0) }).ok);
}

for (const [shape, draw] of Object.entries(KEY_SHAPES)) {
  test(`${shape}: root and every proof are those of the definition, whatever was set before`, () => {
    const random = seededRandom(shape.length);
    for (let run = 0; run < HISTORIES; run += 1) {
      const history = randomHistory(draw, Math.floor(random() * 40), random);
      const pairs = lastPairs(history);
      let map: MapNode | undefined;
      const earlier: (readonly [MapNode | undefined, Uint8Array])[] = [];
      for (const { key, value } of history) {
        earlier.push([map, mapRoot(map)]);
        map = setInMap(map, key, value);
      }
      const root = naiveRoot(pairs);
      assert.deepEqual(mapRoot(map), root);
      const other = pairs
        .toReversed()
        .reduce<MapNode | undefined>((so, pair) => setInMap(so, pair.key, pair.value), undefined);
      assert.deepEqual(mapRoot(other), root);
      const leaves = pairs.map(({ key, value }) => makeMapLeaf(key, value)).sort((a, b) => inOrder(a.key, b.key));
      assert.deepEqual(mapRoot(mapOfLeaves(leaves)), root);
      assert.deepEqual([...leavesOf(map)], leaves);
      for (const key of [...pairs.map((pair) => pair.key), ...keysNear(pairs, draw, random)])
        checkClaims(map, pairs, key);
      // What was set later has changed no earlier map.
      for (const [before, rootThen] of earlier) assert.deepEqual(mapRoot(mapOfLeaves([...leavesOf(before)])), rootThen);
    }
  });
}

function inOrder(a: Uint8Array, b: Uint8Array): number {
  const bit = firstDifference(a, b);
  return bit === undefined ? 0 : keyBit(a, bit) - keyBit(b, bit);
}
