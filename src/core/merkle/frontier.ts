import { concatBytes, readU64be, u64be } from '../encoding/bytes.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './hash.ts';
import { half, isOdd, onesOf, TREE_SIZE_MAX } from './size.ts';

/**
 * What must be kept of a tree so that it can grow: its size and the roots of its perfect subtrees, largest (leftmost)
 * first, one for each one-bit of the size. At most 53 hashes, whatever the tree holds.
 */
export type Frontier = { readonly size: number; readonly hashes: readonly Uint8Array[] };

/** The frontier of the tree without leaves. */
export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/** Called with each finished node whose height is a multiple of 8: hash `index` of tile level `height / 8`. */
export type TileHashSink = (level: number, index: number, hash: Uint8Array) => void;

/**
 * The frontier after the leaves are appended in order. Every perfect node is hashed once and never again, which is the
 * least that any method can do: n leaves cost fewer than n + 1 node hashes in all.
 *
 * `onTileHash` receives the hashes that belong into tiles of level 1 and above as they become final, so that a caller
 * who stores tiles need not hash the full ones a second time; level 0 holds the leaf hashes themselves.
 */
export function appendLeaves(
  frontier: Frontier,
  leafHashes: readonly Uint8Array[],
  onTileHash?: TileHashSink,
): Frontier {
  invariant(frontier.size + leafHashes.length <= TREE_SIZE_MAX, 'a tree holds at most 2^53-1 leaves');
  const hashes = [...frontier.hashes];
  let size = frontier.size;
  for (const leaf of leafHashes) {
    invariant(leaf.length === HASH_BYTES, 'a leaf hash has 32 bytes');
    let node = leaf;
    let height = 0;
    // Binary addition: each trailing one-bit of the size is a perfect subtree that this leaf completes the parent of.
    let rest = size;
    for (; isOdd(rest); rest = half(rest)) {
      const left = hashes.pop();
      invariant(left !== undefined, 'a frontier has a hash for each one-bit of its size');
      node = nodeHash(left, node);
      height += 1;
      if (height % 8 === 0) onTileHash?.(height / 8, half(rest), node);
    }
    hashes.push(node);
    size += 1;
  }
  return { size, hashes };
}

/** Root of the tree: the perfect subtrees folded from the right. One node hash for each one-bit of the size but one. */
export function frontierRoot(frontier: Frontier): Uint8Array {
  let root: Uint8Array | undefined;
  for (const hash of frontier.hashes.toReversed()) root = root === undefined ? hash : nodeHash(hash, root);
  return root ?? EMPTY_ROOT;
}

/**
 * Bytes of a frontier: size (u64 BE, 8 bytes) ‖ 32 bytes for each one-bit of the size, largest subtree first.
 * 8 to 1,704 bytes. Source: docs/spec/merkle.md section 3.
 */
export function formatFrontier(frontier: Frontier): Uint8Array {
  invariant(frontier.hashes.length === onesOf(frontier.size), 'a frontier has a hash for each one-bit of its size');
  return concatBytes(u64be(frontier.size), ...frontier.hashes);
}

/** Reads what `formatFrontier` writes; any other length or a size above 2^53−1 is merkle/malformed-frontier. */
export function parseFrontier(bytes: Uint8Array): Result<Frontier> {
  if (bytes.length < 8) return fail('merkle/malformed-frontier', 'A frontier starts with its size in 8 bytes.');
  const size = readU64be(bytes, 0);
  if (!size.ok) {
    return fail('merkle/malformed-frontier', 'The size of a frontier is at most 2^53-1.', '0', size.fault);
  }
  const count = onesOf(size.value);
  if (bytes.length !== 8 + count * HASH_BYTES) {
    return fail('merkle/malformed-frontier', 'A frontier holds one hash for each one-bit of its size.', '8');
  }
  const hashes = Array.from({ length: count }, (_, position) => {
    const offset = 8 + position * HASH_BYTES;
    return bytes.slice(offset, offset + HASH_BYTES);
  });
  return ok({ size: size.value, hashes });
}
