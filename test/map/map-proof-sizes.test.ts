import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUCKETS, BucketTree } from '../../src/core/map/bucket-tree.ts';
import { formatMapProof, verifyMapClaim } from '../../src/core/map/map-proof.ts';
import { getFromMap, leavesOf, type MapNode, pathInMap, setInMap } from '../../src/core/map/map-trie.ts';
import { seededRandom } from '../hostile/seeded-random.ts';

const KEYS = 1_000_000;
const OPENED = 256;

test('of a million keys presence is proved in at most 1,000 bytes and absence in 1,100; on average in 690 and 760', (t) => {
  const random = seededRandom(31);
  const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  const counts = new Uint16Array(BUCKETS);
  for (let i = 0; i < KEYS; i += 1) {
    const bucket = Math.floor(random() * BUCKETS);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  // Of most buckets only a hash counts; these are whole, and all that is proved lies in them.
  const opened = new Map<number, MapNode>();
  while (opened.size < OPENED) {
    const bucket = Math.floor(random() * BUCKETS);
    let map: MapNode | undefined;
    for (let i = counts[bucket] ?? 0; i > 0; i -= 1) map = setInMap(map, keyIn(bucket, bytes(32)), bytes(48));
    if (map !== undefined) opened.set(bucket, map);
  }
  const tree = new BucketTree();
  const all = Array.from(counts.keys()).filter((bucket) => (counts[bucket] ?? 0) > 0);
  tree.grow(all.map((bucket) => ({ bucket, hash: opened.get(bucket)?.hash ?? bytes(32) }))).apply();

  const sizes = { presence: [] as number[], absence: [] as number[] };
  for (const [bucket, map] of opened) {
    const absent = Array.from({ length: 16 }, () => keyIn(bucket, bytes(32)));
    for (const key of [...[...leavesOf(map)].map((leaf) => leaf.key), ...absent]) {
      const { leaf, steps } = pathInMap(map, key);
      const proof = formatMapProof(key, { leaf, steps: [...steps, ...(tree.wayTo(key)?.steps ?? [])] });
      const value = getFromMap(map, key);
      assert(verifyMapClaim({ root: tree.root, key, value, proof }).ok);
      sizes[value === undefined ? 'absence' : 'presence'].push(proof.length);
    }
  }
  const [presence, absence] = [sizes.presence, sizes.absence].map(summary);
  t.diagnostic(
    `proofs of a million keys, in bytes: presence ${JSON.stringify(presence)}, absence ${JSON.stringify(absence)}`,
  );
  assert(presence !== undefined && presence.max <= 1_000 && presence.mean <= 690, JSON.stringify(presence));
  assert(absence !== undefined && absence.max <= 1_100 && absence.mean <= 760, JSON.stringify(absence));
});

function keyIn(bucket: number, key: Uint8Array): Uint8Array {
  key.set([bucket >>> 8, bucket & 255]);
  return key;
}

function summary(sizes: readonly number[]): { readonly mean: number; readonly max: number; readonly count: number } {
  const sum = sizes.reduce((so, size) => so + size, 0);
  return { mean: Math.round(sum / sizes.length), max: Math.max(...sizes), count: sizes.length };
}
