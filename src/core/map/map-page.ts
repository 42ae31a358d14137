import { fail, invariant, ok, type Result } from '../fault.ts';
import { BUCKET_BYTES, bucketOf } from './bucket-tree.ts';
import { firstDifference } from './key-bits.ts';
import { MAP_KEY_BYTES, MAP_VALUE_BYTES } from './map-key.ts';
import { type MapLeaf, type MapNode, makeMapLeaf, mapOfLeaves } from './map-trie.ts';

const ROW_BYTES = MAP_KEY_BYTES + MAP_VALUE_BYTES;

/** A bucket as stored: key (32) ‖ value (48) of each leaf, by key. The bucket's number is what all keys begin with. */
export function formatMapPage(map: MapNode): Uint8Array {
  const leaves: MapLeaf[] = [];
  collectLeaves(map, leaves);
  const page = new Uint8Array(leaves.length * ROW_BYTES);
  for (const [row, { key, value }] of leaves.entries()) {
    invariant(key.length === MAP_KEY_BYTES && value.length === MAP_VALUE_BYTES, 'a stored row has one length');
    page.set(key, row * ROW_BYTES);
    page.set(value, row * ROW_BYTES + MAP_KEY_BYTES);
  }
  return page;
}

/** As `leavesOf`, which is slower: every batch writes the pages that it touches. */
function collectLeaves(map: MapNode, leaves: MapLeaf[]): void {
  if (map.isLeaf) {
    leaves.push(map);
    return;
  }
  collectLeaves(map.left, leaves);
  collectLeaves(map.right, leaves);
}

/**
 * A bucket from its stored bytes; `map/malformed-page` where it is empty or cut off, where keys do not ascend, or where one
 * belongs to another bucket. Whether it is the right one is for its hash to say.
 */
export function parseMapPage(bucket: number, bytes: Uint8Array): Result<MapNode> {
  const leaves: MapLeaf[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const key = bytes.subarray(at, at + MAP_KEY_BYTES);
    const value = bytes.subarray(at + MAP_KEY_BYTES, at + ROW_BYTES);
    const before = leaves.at(-1);
    if (
      value.length < MAP_VALUE_BYTES ||
      bucketOf(key) !== bucket ||
      (before !== undefined && !ascends(before.key, key))
    )
      return malformed(at);
    leaves.push(makeMapLeaf(key, value));
  }
  const map = mapOfLeaves(leaves);
  return map === undefined ? malformed(0) : ok(map);
}

function ascends(a: Uint8Array, b: Uint8Array): boolean {
  const difference = firstDifference(a, b);
  return difference !== undefined && (a[difference >>> 3] ?? 0) < (b[difference >>> 3] ?? 0);
}

function malformed(at: number): Result<never> {
  return fail(
    'map/malformed-page',
    `A page holds keys that begin with its ${BUCKET_BYTES} bytes, in order.`,
    String(at),
  );
}
