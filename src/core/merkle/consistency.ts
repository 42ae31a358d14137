import { equalBytes } from '../encoding/bytes.ts';
import { fail, ok, type Result } from '../fault.ts';
import { checkHashes, climbOf, foldBorder, foldInner, foldInnerLeft } from './climb.ts';
import { checkSize, half, isOdd } from './size.ts';

/** The claim that the tree of `first` leaves is a prefix of the tree of `second` leaves. */
export type ConsistencyClaim = {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  /** Hashes of 32 bytes, lowest first; empty where both sizes are equal. */
  readonly path: readonly Uint8Array[];
};

/**
 * Holds where the path leads to both roots, so that the second tree keeps every leaf of the first in its place.
 * A first size of 0 is refused: every tree extends the empty one, and a "proof" of it would show nothing.
 *
 * merkle/size-out-of-range (also where first > second), merkle/path-length, merkle/hash-length,
 * merkle/forked (equal sizes, other roots), merkle/inconsistent.
 * Source: RFC 9162 section 2.1.4.2; docs/spec/merkle.md section 5.
 */
export function verifyConsistency(claim: ConsistencyClaim): Result<void> {
  const { first, second, firstRoot, secondRoot, path } = claim;
  const firstChecked = checkSize(first, 1);
  if (!firstChecked.ok) return firstChecked;
  const secondChecked = checkSize(second, first);
  if (!secondChecked.ok) return secondChecked;
  if (first === second) {
    if (path.length > 0) return fail('merkle/path-length', 'Between equal sizes the consistency path is empty.');
    if (equalBytes(firstRoot, secondRoot)) return ok(undefined);
    return fail('merkle/forked', 'Two trees of one size have different roots.');
  }
  return verifyGrowth(claim);
}

function verifyGrowth({ first, second, firstRoot, secondRoot, path }: ConsistencyClaim): Result<void> {
  // Start at the largest perfect subtree that ends with the last leaf of the first tree: both trees have that node.
  let position = first - 1;
  let height = 0;
  for (let rest = first; !isOdd(rest); rest = half(rest)) {
    position = half(position);
    height += 1;
  }
  const climb = climbOf(first - 1, second);
  const inner = climb.inner - height;
  // Where the first tree is that very subtree, its root is the start and the path does not repeat it.
  const isPerfect = position === 0;
  const seeded = isPerfect ? [firstRoot, ...path] : path;
  if (seeded.length !== 1 + inner + climb.border) {
    const expected = inner + climb.border + (isPerfect ? 0 : 1);
    return fail('merkle/path-length', `A consistency path here holds ${expected} hashes.`);
  }
  const hashesChecked = checkHashes(firstRoot, secondRoot, ...path);
  if (!hashesChecked.ok) return hashesChecked;
  const [seed = firstRoot, ...siblings] = seeded;
  const innerSiblings = siblings.slice(0, inner);
  const borderSiblings = siblings.slice(inner);
  const firstReached = foldBorder(foldInnerLeft(seed, innerSiblings, position), borderSiblings);
  if (!equalBytes(firstReached, firstRoot)) {
    return fail('merkle/inconsistent', 'The consistency path does not lead to the first root.', 'first');
  }
  const secondReached = foldBorder(foldInner(seed, innerSiblings, position), borderSiblings);
  if (!equalBytes(secondReached, secondRoot)) {
    return fail('merkle/inconsistent', 'The consistency path does not lead to the second root.', 'second');
  }
  return ok(undefined);
}
