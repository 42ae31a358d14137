import { invariant } from '../fault.ts';
import { EMPTY_ROOT, nodeHash } from './hash.ts';
import { splitOf } from './size.ts';

/**
 * Root of the tree over all leaf hashes, by the recursive definition. Every other way to a root must agree with this one.
 * Linear in the number of leaves. Source: RFC 6962 section 2.1.
 */
export function rootOf(leafHashes: readonly Uint8Array[]): Uint8Array {
  return leafHashes.length === 0 ? EMPTY_ROOT : subtreeRoot(leafHashes, 0, leafHashes.length);
}

/**
 * Sibling hashes from the leaf at `index` up to the root, leaf's sibling first.
 * For a caller that holds every leaf: an index outside is a broken invariant. Source: RFC 6962 section 2.1.1.
 */
export function inclusionPath(leafHashes: readonly Uint8Array[], index: number): Uint8Array[] {
  invariant(Number.isInteger(index) && index >= 0 && index < leafHashes.length, 'no leaf has that index');
  return pathWithin(leafHashes, index, 0, leafHashes.length);
}

/**
 * Hashes that show that the tree of the first `first` leaves is a prefix of the whole one.
 * `first` runs from 1 to the number of leaves (then the path is empty); anything else is a broken invariant.
 * Source: RFC 6962 section 2.1.2.
 */
export function consistencyPath(leafHashes: readonly Uint8Array[], first: number): Uint8Array[] {
  invariant(Number.isInteger(first) && first >= 1 && first <= leafHashes.length, 'no tree has that first size');
  return consistencyWithin(leafHashes, first, 0, leafHashes.length, true);
}

function subtreeRoot(leafHashes: readonly Uint8Array[], start: number, end: number): Uint8Array {
  if (end - start === 1) {
    const leaf = leafHashes[start];
    invariant(leaf !== undefined, 'a leaf below the size exists');
    return leaf;
  }
  const middle = start + splitOf(end - start);
  return nodeHash(subtreeRoot(leafHashes, start, middle), subtreeRoot(leafHashes, middle, end));
}

function pathWithin(leafHashes: readonly Uint8Array[], index: number, start: number, end: number): Uint8Array[] {
  if (end - start === 1) return [];
  const middle = start + splitOf(end - start);
  return index < middle
    ? [...pathWithin(leafHashes, index, start, middle), subtreeRoot(leafHashes, middle, end)]
    : [...pathWithin(leafHashes, index, middle, end), subtreeRoot(leafHashes, start, middle)];
}

/** `whole` is true while the first tree is the subtree from its very start, whose root the verifier holds already. */
function consistencyWithin(
  leafHashes: readonly Uint8Array[],
  first: number,
  start: number,
  end: number,
  whole: boolean,
): Uint8Array[] {
  if (first === end) return whole ? [] : [subtreeRoot(leafHashes, start, end)];
  const middle = start + splitOf(end - start);
  return first <= middle
    ? [...consistencyWithin(leafHashes, first, start, middle, whole), subtreeRoot(leafHashes, middle, end)]
    : [...consistencyWithin(leafHashes, first, middle, end, false), subtreeRoot(leafHashes, start, middle)];
}
