import { fail, invariant, ok, type Result } from '../fault.ts';

/**
 * Greatest number of leaves: sizes and indexes are plain numbers, exact to 2^53−1.
 * Halves, remainders and powers of two of such numbers are exact; 32-bit operators are not, and are never used on them.
 */
export const TREE_SIZE_MAX = Number.MAX_SAFE_INTEGER;

/** Half of a size or index, rounded down. Exact up to 2^53−1. */
export function half(value: number): number {
  return Math.floor(value / 2);
}

/** True where the lowest bit is one. Exact up to 2^53−1. */
export function isOdd(value: number): boolean {
  return value % 2 === 1;
}

/** How many bits of the value are one: the number of perfect subtrees in a tree of that size. */
export function onesOf(value: number): number {
  let ones = 0;
  for (let rest = value; rest > 0; rest = half(rest)) if (isOdd(rest)) ones += 1;
  return ones;
}

/** Greatest power of two below the size, where a tree of two or more leaves splits. Source: RFC 6962 section 2.1. */
export function splitOf(size: number): number {
  invariant(size >= 2, 'a tree of fewer than two leaves has no split');
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The size, where it is an integer from `min` to 2^53−1; merkle/size-out-of-range otherwise. */
export function checkSize(size: number, min: number): Result<number> {
  if (Number.isSafeInteger(size) && size >= min) return ok(size);
  return fail('merkle/size-out-of-range', `A tree size is an integer from ${min} to 2^53-1.`);
}

/** The index, where it names a leaf of a tree of that size; merkle/index-out-of-range otherwise. */
export function checkIndex(index: number, size: number): Result<number> {
  if (Number.isSafeInteger(index) && index >= 0 && index < size) return ok(index);
  return fail('merkle/index-out-of-range', 'A leaf index is an integer from 0 to one below the tree size.');
}
