import { half, isOdd, splitOf } from './size.ts';

/** The leaves from `start` up to but without `end`, at least one. */
export type LeafRange = { readonly start: number; readonly end: number };

/** A perfect subtree: the `index`-th (from 0) over 2^height leaves, that is leaves index·2^height and on. */
export type PerfectNode = { readonly height: number; readonly index: number };

/**
 * The ranges whose subtree roots make up the inclusion path of `index` in a tree of `size`, in the path's order.
 * The caller has checked that 0 ≤ index < size ≤ 2^53−1. Source: RFC 6962 section 2.1.1.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const fromRoot: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      fromRoot.push({ start: middle, end });
      end = middle;
    } else {
      fromRoot.push({ start, end: middle });
      start = middle;
    }
  }
  return fromRoot.toReversed();
}

/**
 * The ranges whose subtree roots make up the consistency path from `first` to `second` leaves, in the path's order.
 * The caller has checked that 1 ≤ first ≤ second ≤ 2^53−1. Source: RFC 6962 section 2.1.2.
 */
export function consistencyRanges(first: number, second: number): LeafRange[] {
  const fromRoot: LeafRange[] = [];
  let start = 0;
  let end = second;
  while (first !== end) {
    const middle = start + splitOf(end - start);
    if (first <= middle) {
      fromRoot.push({ start: middle, end });
      end = middle;
    } else {
      fromRoot.push({ start, end: middle });
      start = middle;
    }
  }
  // Where the first tree is this whole subtree from leaf 0 on, the verifier has its root already.
  if (start > 0) fromRoot.push({ start, end });
  return fromRoot.toReversed();
}

/**
 * The perfect subtrees that cover the range, left to right; folded from the right they give its root.
 * The range must be one of a tree: its start is a multiple of the greatest power of two that fits into it.
 */
export function perfectNodesOf({ start, end }: LeafRange): PerfectNode[] {
  const nodes: PerfectNode[] = [];
  let height = 0;
  // From the right: each one-bit of the length is one subtree, the lowest bit the rightmost.
  let last = end;
  for (let rest = end - start; rest > 0; rest = half(rest)) {
    if (isOdd(rest)) {
      const width = 2 ** height;
      last -= width;
      nodes.push({ height, index: last / width });
    }
    height += 1;
  }
  return nodes.toReversed();
}
