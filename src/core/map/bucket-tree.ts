import { invariant } from '../fault.ts';
import { HASH_BYTES } from '../merkle/hash.ts';
import { keyBit } from './key-bits.ts';
import { EMPTY_MAP_ROOT, mapNodeHash } from './map-hash.ts';
import type { MapStep } from './map-trie.ts';

/** The map is cut where the first two bytes of a key end. That is how it is kept; its root does not depend on it. */
export const BUCKET_BYTES = 2;
const BUCKET_BITS = 8 * BUCKET_BYTES;
export const BUCKETS = 2 ** BUCKET_BITS;

/** The bucket that a key of the map belongs to: its first two bytes, big-endian. */
export function bucketOf(key: Uint8Array): number {
  return (key[0] ?? 0) * 256 + (key[1] ?? 0);
}

/** What a bucket's keys hash to as a map of their own. */
export type BucketHash = { readonly bucket: number; readonly hash: Uint8Array };

/** A tree that would come of some changes. It counts only for the tree that it was asked of, and until that changes. */
export type GrownBuckets = {
  readonly root: Uint8Array;
  /** Makes the tree that one. */
  readonly apply: () => void;
};

/**
 * The upper part of a Merkle Patricia map: from the hashes of its 65,536 buckets to its root, 4 MiB in all. Place 1 is the
 * root, the children of place i are 2i and 2i+1, and bucket b stands at 65,536 + b. A place is empty where no key begins
 * so; one with a single side is that side, as the map leaves out nodes that do not part anything.
 */
export class BucketTree {
  readonly #hashes = new Uint8Array(2 * BUCKETS * HASH_BYTES);
  readonly #isThere = new Uint8Array(2 * BUCKETS);
  #changes = 0;

  /** Root of the map; that of the empty map where no bucket holds a key. */
  get root(): Uint8Array {
    return this.#at(1)?.slice() ?? EMPTY_MAP_ROOT;
  }

  /** Hash of a bucket, or undefined where it holds no key. */
  bucket(bucket: number): Uint8Array | undefined {
    return this.#at(BUCKETS + bucket)?.slice();
  }

  /** What the tree would be with these buckets; nothing changes before `apply`. Each node above them is hashed once. */
  grow(changes: readonly BucketHash[]): GrownBuckets {
    const changed = new Map<number, Uint8Array>();
    for (const { bucket, hash } of changes) {
      invariant(bucket >= 0 && bucket < BUCKETS && hash.length === HASH_BYTES, 'a bucket is one of 65,536');
      changed.set(BUCKETS + bucket, hash);
    }
    let row = [...changed.keys()];
    for (let bit = BUCKET_BITS - 1; bit >= 0; bit -= 1) {
      const above = new Set(row.map((place) => place >>> 1));
      for (const place of above) {
        const left = changed.get(2 * place) ?? this.#at(2 * place);
        const right = changed.get(2 * place + 1) ?? this.#at(2 * place + 1);
        const hash = left !== undefined && right !== undefined ? mapNodeHash(bit, left, right) : (left ?? right);
        if (hash !== undefined) changed.set(place, hash);
      }
      row = [...above];
    }
    const asked = this.#changes;
    return {
      root: changed.get(1)?.slice() ?? this.root,
      apply: () => {
        invariant(asked === this.#changes, 'the buckets have not changed since');
        this.#changes += 1;
        for (const [place, hash] of changed) {
          this.#hashes.set(hash, place * HASH_BYTES);
          this.#isThere[place] = 1;
        }
      },
    };
  }

  /**
   * The bucket in which a search for a key ends, which is another one where its own is empty, and the nodes from there to
   * the root; undefined in the empty map.
   */
  wayTo(key: Uint8Array): { readonly bucket: number; readonly steps: readonly MapStep[] } | undefined {
    if (this.#isThere[1] === 0) return undefined;
    const steps: MapStep[] = [];
    let place = 1;
    for (let bit = 0; bit < BUCKET_BITS; bit += 1) {
      const [left, right] = [this.#at(2 * place), this.#at(2 * place + 1)];
      const goesRight = left === undefined || (right !== undefined && keyBit(key, bit) === 1);
      if (left !== undefined && right !== undefined) steps.push({ bit, sibling: (goesRight ? left : right).slice() });
      place = 2 * place + (goesRight ? 1 : 0);
    }
    return { bucket: place - BUCKETS, steps: steps.reverse() };
  }

  #at(place: number): Uint8Array | undefined {
    if (this.#isThere[place] === 0) return undefined;
    return this.#hashes.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES);
  }
}
