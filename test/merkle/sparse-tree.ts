import { leafHash, nodeHash } from '../../src/core/merkle/hash.ts';
import { formatTilePath, type TileId } from '../../src/core/merkle/tile.ts';

const encoder = new TextEncoder();

/*
 * A tree of any size that is never materialised: entry `marked <i>`, or the hash that is given, at the marked indexes,
 * entry `plain` elsewhere.
 * Written over bigint and apart from the code under test, whose exactness beyond 32 bits it is there to check.
 */
export type SparseTree = {
  /** Hash of the leaf at that index. */
  readonly leafAt: (index: number) => Uint8Array;
  /** Root over the leaves from `start` up to but without `end`. */
  readonly rootOver: (start: number, end: number) => Uint8Array;
  /** Bytes of a tile. */
  readonly tile: (id: TileId) => Uint8Array;
  /** The tiles by path. */
  readonly tiles: (ids: readonly TileId[]) => Map<string, Uint8Array>;
};

export function sparseTree(
  marked: readonly number[],
  markedHash: (index: number) => Uint8Array = (index) => leafHash(encoder.encode(`marked ${index}`)),
): SparseTree {
  const marks = marked.map(BigInt);
  const plain = [leafHash(encoder.encode('plain'))];
  const known = new Map<string, Uint8Array>();

  function plainAt(height: number): Uint8Array {
    const hash = plain[height];
    if (hash !== undefined) return hash;
    const below = plainAt(height - 1);
    const made = nodeHash(below, below);
    plain[height] = made;
    return made;
  }

  function over(start: bigint, end: bigint): Uint8Array {
    const size = end - start;
    const height = (size - 1n).toString(2).length - (size === 1n ? 1 : 0);
    const isPerfect = size === 1n << BigInt(height);
    const isPlain = !marks.some((mark) => mark >= start && mark < end);
    if (isPerfect && isPlain) return plainAt(height);
    if (size === 1n) return markedHash(Number(start));
    const name = `${start}-${end}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const middle = start + (1n << BigInt(height - 1));
    const made = nodeHash(over(start, middle), over(middle, end));
    known.set(name, made);
    return made;
  }

  function tile({ level, index, width }: TileId): Uint8Array {
    const leaves = 1n << BigInt(8 * level);
    const bytes = new Uint8Array(width * 32);
    for (let position = 0; position < width; position++) {
      const start = (BigInt(index) * 256n + BigInt(position)) * leaves;
      bytes.set(over(start, start + leaves), position * 32);
    }
    return bytes;
  }

  return {
    leafAt: (index) => over(BigInt(index), BigInt(index) + 1n),
    rootOver: (start, end) => over(BigInt(start), BigInt(end)),
    tile,
    tiles: (ids) => new Map(ids.map((id) => [formatTilePath(id), tile(id)])),
  };
}
