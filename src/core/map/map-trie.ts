import { firstDifference, keyBit } from './key-bits.ts';
import { EMPTY_MAP_ROOT, mapLeafHash, mapNodeHash } from './map-hash.ts';

/** One key with its value. */
export type MapLeaf = {
  readonly isLeaf: true;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly hash: Uint8Array;
};

/** All keys below agree before `bit` and differ in it: those with 0 stand left, those with 1 right. */
export type MapInner = {
  readonly isLeaf: false;
  readonly bit: number;
  readonly left: MapNode;
  readonly right: MapNode;
  readonly hash: Uint8Array;
};

/**
 * A Merkle Patricia map, or a part of one whose keys begin alike. It is never changed: what is set makes a new one that
 * shares all it can with the old, so that a batch that is not committed is simply forgotten.
 */
export type MapNode = MapLeaf | MapInner;

/** One node on the way from a leaf to the root: where its sides differ, and the hash of the other side (32 bytes). */
export type MapStep = { readonly bit: number; readonly sibling: Uint8Array };

/** Root hash of a map; that of the empty map where there is none. */
export function mapRoot(map: MapNode | undefined): Uint8Array {
  return map?.hash ?? EMPTY_MAP_ROOT;
}

export function makeMapLeaf(key: Uint8Array, value: Uint8Array): MapLeaf {
  return { isLeaf: true, key, value, hash: mapLeafHash(key, value) };
}

export function makeMapInner(bit: number, left: MapNode, right: MapNode): MapInner {
  return { isLeaf: false, bit, left, right, hash: mapNodeHash(bit, left.hash, right.hash) };
}

/** The map with this value under the key, whether it was there before or not. */
export function setInMap(map: MapNode | undefined, key: Uint8Array, value: Uint8Array): MapNode {
  if (map === undefined) return makeMapLeaf(key, value);
  const difference = firstDifference(key, leafTowards(map, key).key);
  return place(map, makeMapLeaf(key, value), difference ?? Number.POSITIVE_INFINITY);
}

/** The leaf at which a search for the key ends: its own, or another one where it is not in the map. */
export function leafTowards(map: MapNode, key: Uint8Array): MapLeaf {
  let node = map;
  while (!node.isLeaf) node = keyBit(key, node.bit) === 0 ? node.left : node.right;
  return node;
}

/** The value under the key, or undefined. */
export function getFromMap(map: MapNode | undefined, key: Uint8Array): Uint8Array | undefined {
  if (map === undefined) return undefined;
  const leaf = leafTowards(map, key);
  return firstDifference(leaf.key, key) === undefined ? leaf.value : undefined;
}

/** The way of a search for the key: the leaf where it ends, and the nodes from there to the root. */
export function pathInMap(
  map: MapNode,
  key: Uint8Array,
): { readonly leaf: MapLeaf; readonly steps: readonly MapStep[] } {
  const steps: MapStep[] = [];
  let node = map;
  while (!node.isLeaf) {
    const [next, other] = keyBit(key, node.bit) === 0 ? [node.left, node.right] : [node.right, node.left];
    steps.push({ bit: node.bit, sibling: other.hash });
    node = next;
  }
  return { leaf: node, steps: steps.reverse() };
}

/** All leaves in the order of their keys. */
export function* leavesOf(map: MapNode | undefined): Generator<MapLeaf> {
  if (map === undefined) return;
  if (map.isLeaf) {
    yield map;
    return;
  }
  yield* leavesOf(map.left);
  yield* leavesOf(map.right);
}

/** The map over leaves with distinct keys in ascending order; each node is hashed once. */
export function mapOfLeaves(leaves: readonly MapLeaf[]): MapNode | undefined {
  return leaves.length === 0 ? undefined : over(leaves, 0, leaves.length);
}

function over(leaves: readonly MapLeaf[], from: number, to: number): MapNode {
  const first = leaves[from] as MapLeaf;
  if (to - from === 1) return first;
  const last = leaves[to - 1] as MapLeaf;
  const bit = firstDifference(first.key, last.key) ?? 0;
  let [low, high] = [from, to - 1];
  // The first leaf whose bit is 1: there is one, because the last one's is.
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyBit((leaves[middle] as MapLeaf).key, bit) === 0) low = middle + 1;
    else high = middle;
  }
  return makeMapInner(bit, over(leaves, from, low), over(leaves, low, to));
}

function place(node: MapNode, leaf: MapLeaf, difference: number): MapNode {
  if (node.isLeaf ? difference === Number.POSITIVE_INFINITY : false) return leaf;
  if (!node.isLeaf && node.bit < difference) {
    return keyBit(leaf.key, node.bit) === 0
      ? makeMapInner(node.bit, place(node.left, leaf, difference), node.right)
      : makeMapInner(node.bit, node.left, place(node.right, leaf, difference));
  }
  return keyBit(leaf.key, difference) === 0
    ? makeMapInner(difference, leaf, node)
    : makeMapInner(difference, node, leaf);
}
