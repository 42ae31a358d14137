import { invariant } from '../fault.ts';
import type { Frontier, TileHashSink } from './frontier.ts';
import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './hash.ts';
import { half, isOdd, onesOf, TREE_SIZE_MAX } from './size.ts';

/** A tree after leaves were appended, and the way from each of them to its root. */
export type GrownTree = {
  readonly frontier: Frontier;
  readonly root: Uint8Array;
  /** Inclusion path of a new leaf, by its index in the tree: its sibling first. An old leaf is a broken invariant. */
  readonly pathOf: (index: number) => readonly Uint8Array[];
};

/** What is known of one height: nodes that stand wholly or partly over new leaves, and the old one left of them. */
type Row = {
  /** Index of the first node that stands over a new leaf. */
  readonly first: number;
  /** The perfect nodes from `first` on. */
  readonly perfect: readonly Uint8Array[];
  /** The perfect node before `first`, where it is the left sibling of `first`: part of the old frontier. */
  readonly left: Uint8Array | undefined;
  /** Root over the leaves after the last perfect node, where there are any. */
  readonly rest: Uint8Array | undefined;
};

/**
 * Appends leaves to the tree of which only the frontier is at hand, and gives frontier, root and inclusion paths: the
 * same as `appendLeaves`, `frontierRoot` and `inclusionPath` over all leaves would. What a new leaf's path needs of the
 * old tree are left siblings that lie wholly in it, and those are the frontier. n leaves cost n + 53 node hashes at most.
 *
 * `onTileHash` is called as by `appendLeaves`, but height by height. Source: RFC 6962 section 2.1.1; docs/spec/merkle.md.
 */
export function growTree(frontier: Frontier, leafHashes: readonly Uint8Array[], onTileHash?: TileHashSink): GrownTree {
  const size = frontier.size + leafHashes.length;
  invariant(size <= TREE_SIZE_MAX, 'a tree holds at most 2^53-1 leaves');
  invariant(
    leafHashes.every((leaf) => leaf.length === HASH_BYTES),
    'a leaf hash has 32 bytes',
  );
  invariant(frontier.hashes.length === onesOf(frontier.size), 'a frontier has a hash for each one-bit of its size');
  const rows = buildRows(frontier, leafHashes, size, onTileHash);
  const hashes: Uint8Array[] = [];
  let width = size;
  for (const row of rows) {
    if (isOdd(width)) hashes.push(perfectNode(row, width - 1));
    width = half(width);
  }
  return {
    frontier: { size, hashes: hashes.reverse() },
    root: rows.at(-1)?.rest ?? (size === 0 ? EMPTY_ROOT : rootOver(rows.at(-1), size)),
    pathOf: (index) => {
      invariant(index >= frontier.size && index < size, 'only new leaves have their path here');
      return pathWithin(rows, index, size);
    },
  };
}

/** Rows from the leaves up to the height at which one node stands over the whole tree. */
function buildRows(
  frontier: Frontier,
  leafHashes: readonly Uint8Array[],
  size: number,
  onTileHash: TileHashSink | undefined,
): readonly Row[] {
  const rows: Row[] = [];
  let oldWidth = frontier.size;
  let width = size;
  // The frontier lists the largest subtree first, so that heights take from its end.
  let unused = frontier.hashes.length;
  let perfect: readonly Uint8Array[] = leafHashes;
  let rest: Uint8Array | undefined;
  for (let height = 0; ; height += 1) {
    const left = isOdd(oldWidth) ? frontier.hashes[--unused] : undefined;
    const row: Row = { first: oldWidth, perfect, left, rest };
    rows.push(row);
    if (height > 0 && height % 8 === 0)
      for (const [offset, hash] of perfect.entries()) onTileHash?.(height / 8, oldWidth + offset, hash);
    if (width + (rest === undefined ? 0 : 1) <= 1) return rows;
    if (isOdd(width)) {
      const last = perfectNode(row, width - 1);
      rest = rest === undefined ? last : nodeHash(last, rest);
    }
    perfect = parentsOf(row, width);
    oldWidth = half(oldWidth);
    width = half(width);
  }
}

/** The perfect nodes above a row whose perfect nodes end before `width`. */
function parentsOf(row: Row, width: number): readonly Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let index = isOdd(row.first) ? row.first - 1 : row.first; index + 1 < width; index += 2)
    parents.push(nodeHash(perfectNode(row, index), perfectNode(row, index + 1)));
  return parents;
}

function perfectNode(row: Row, index: number): Uint8Array {
  const node = index === row.first - 1 ? row.left : row.perfect[index - row.first];
  invariant(node !== undefined, 'a node over new leaves, or the one left of them, is known');
  return node;
}

function rootOver(row: Row | undefined, size: number): Uint8Array {
  invariant(row !== undefined && size > 0, 'a tree with leaves has a row');
  return perfectNode(row, 0);
}

function pathWithin(rows: readonly Row[], index: number, size: number): readonly Uint8Array[] {
  const path: Uint8Array[] = [];
  let position = index;
  let width = size;
  for (const row of rows) {
    if (isOdd(position)) path.push(perfectNode(row, position - 1));
    else if (position + 1 < width) path.push(perfectNode(row, position + 1));
    else if (position + 1 === width && row.rest !== undefined) path.push(row.rest);
    position = half(position);
    width = half(width);
  }
  return path;
}
