import { fail, ok, type Result } from '../fault.ts';
import { HASH_BYTES, nodeHash } from './hash.ts';
import { half, isOdd, onesOf } from './size.ts';

/**
 * Shape of the way from a leaf to the root of a tree: `inner` levels on which it has a sibling on either side, then
 * `border` siblings that all lie left, where the way runs along the right edge of the tree.
 */
export type Climb = { readonly inner: number; readonly border: number };

/** The shape for a leaf that the tree has; a path for it holds exactly `inner + border` hashes. */
export function climbOf(index: number, size: number): Climb {
  let inner = 0;
  let mine = index;
  // The two ways, from this leaf and from the last one, meet where the halved indexes become equal.
  for (let last = size - 1; mine !== last; last = half(last)) {
    mine = half(mine);
    inner += 1;
  }
  return { inner, border: onesOf(mine) };
}

/** Folds siblings into `node`, the first sibling lowest: it stands left of the way where the position's bit is one. */
export function foldInner(node: Uint8Array, siblings: readonly Uint8Array[], position: number): Uint8Array {
  let hash = node;
  let rest = position;
  for (const sibling of siblings) {
    hash = isOdd(rest) ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    rest = half(rest);
  }
  return hash;
}

/** As `foldInner`, but takes only the siblings on the left: what the tree held before anything stood to the right. */
export function foldInnerLeft(node: Uint8Array, siblings: readonly Uint8Array[], position: number): Uint8Array {
  let hash = node;
  let rest = position;
  for (const sibling of siblings) {
    if (isOdd(rest)) hash = nodeHash(sibling, hash);
    rest = half(rest);
  }
  return hash;
}

/** Folds siblings into `node`, each of them on the left. */
export function foldBorder(node: Uint8Array, siblings: readonly Uint8Array[]): Uint8Array {
  return siblings.reduce((hash, sibling) => nodeHash(sibling, hash), node);
}

/** Nothing, where every hash has 32 bytes; merkle/hash-length otherwise. */
export function checkHashes(...hashes: readonly Uint8Array[]): Result<void> {
  if (hashes.every((hash) => hash.length === HASH_BYTES)) return ok(undefined);
  return fail('merkle/hash-length', 'A hash of the tree has 32 bytes.');
}
