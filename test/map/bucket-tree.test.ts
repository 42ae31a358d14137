import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes } from '../../src/core/encoding/bytes.ts';
import { BucketTree, bucketOf } from '../../src/core/map/bucket-tree.ts';
import { formatMapValue, mapKey, parseMapValue } from '../../src/core/map/map-key.ts';
import { formatMapPage, parseMapPage } from '../../src/core/map/map-page.ts';
import { formatMapProof, verifyMapClaim } from '../../src/core/map/map-proof.ts';
import { getFromMap, type MapNode, mapRoot, pathInMap, setInMap } from '../../src/core/map/map-trie.ts';
import { seededRandom } from '../hostile/seeded-random.ts';

const random = seededRandom(11);
const below = (bound: number) => Math.floor(random() * bound);

/** A key that shares its first bytes with others now and then, so that buckets hold several and lie close. */
function someKey(): Uint8Array {
  const key = mapKey(`image:${below(1_000_000)}`);
  if (random() < 0.5) key.set([0, below(4)]);
  return key;
}

const value = (n: number) => formatMapValue({ n, seq: below(2 ** 40), hash: mapKey(String(n)) });

test('what is kept in buckets is the same map: root, presence and absence, whatever happened before', () => {
  const tree = new BucketTree();
  const pages = new Map<number, MapNode>();
  let whole: MapNode | undefined;
  const keys: Uint8Array[] = [];
  for (let batch = 0; batch < 60; batch += 1) {
    const touched = new Map<number, MapNode>();
    for (let i = below(12); i >= 0; i -= 1) {
      const known = keys[below(keys.length)];
      const key = known !== undefined && random() < 0.3 ? known : someKey();
      keys.push(key);
      const set = value(batch + 1);
      whole = setInMap(whole, key, set);
      const bucket = bucketOf(key);
      touched.set(bucket, setInMap(touched.get(bucket) ?? pages.get(bucket), key, set));
    }
    const changes = [...touched].map(([bucket, { hash }]) => ({ bucket, hash }));
    const before = tree.root;
    const forgotten = tree.grow(changes.slice(0, 1));
    const grown = tree.grow(changes);
    assert.deepEqual(tree.root, before);
    grown.apply();
    assert.throws(() => forgotten.apply());
    for (const [bucket, page] of touched) {
      const read = parseMapPage(bucket, formatMapPage(page));
      assert(read.ok && equalBytes(read.value.hash, page.hash));
      pages.set(bucket, read.value);
    }
    assert.deepEqual(tree.root, mapRoot(whole));
    assert.deepEqual(grown.root, tree.root);
    for (const key of [keys[below(keys.length)] ?? someKey(), someKey(), someKey()]) {
      const way = tree.wayTo(key);
      const page = pages.get(way?.bucket ?? -1);
      assert(way !== undefined && page !== undefined && whole !== undefined);
      const { leaf, steps } = pathInMap(page, key);
      const proof = formatMapProof(key, { leaf, steps: [...steps, ...way.steps] });
      assert.deepEqual(proof, formatMapProof(key, pathInMap(whole, key)));
      const found = getFromMap(whole, key);
      const claim = { root: tree.root, key, proof };
      assert(verifyMapClaim({ ...claim, value: found }).ok);
      assert(!verifyMapClaim({ ...claim, value: found === undefined ? value(1) : undefined }).ok);
      if (found !== undefined) assert(parseMapValue(found).ok);
    }
  }
  assert(pages.size > 100);
});
