import { equalBytes } from '../encoding/bytes.ts';
import { fail, ok, type Result } from '../fault.ts';
import { checkHashes, climbOf, foldBorder, foldInner } from './climb.ts';
import { checkIndex, checkSize } from './size.ts';

/** The claim that the leaf with this hash stands at `index` in the tree of `size` leaves that has this root. */
export type InclusionClaim = {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  /** Sibling hashes of 32 bytes, leaf's sibling first. */
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
};

/**
 * Holds where the path connects the leaf with the root. Its length is fixed by index and size, so that nothing can be
 * dropped, added or taken at another height.
 *
 * merkle/size-out-of-range, merkle/index-out-of-range, merkle/hash-length, merkle/path-length, merkle/root-mismatch.
 * Source: RFC 9162 section 2.1.3.2; docs/spec/merkle.md section 4.
 */
export function verifyInclusion(claim: InclusionClaim): Result<void> {
  const { index, size, leafHash, path, root } = claim;
  const sizeChecked = checkSize(size, 1);
  if (!sizeChecked.ok) return sizeChecked;
  const indexChecked = checkIndex(index, size);
  if (!indexChecked.ok) return indexChecked;
  const climb = climbOf(index, size);
  if (path.length !== climb.inner + climb.border) {
    return fail('merkle/path-length', `An inclusion path here holds ${climb.inner + climb.border} hashes.`);
  }
  const hashesChecked = checkHashes(leafHash, root, ...path);
  if (!hashesChecked.ok) return hashesChecked;
  const inner = foldInner(leafHash, path.slice(0, climb.inner), index);
  const reached = foldBorder(inner, path.slice(climb.inner));
  if (equalBytes(reached, root)) return ok(undefined);
  return fail('merkle/root-mismatch', 'The inclusion path does not lead from the leaf to the root.');
}
