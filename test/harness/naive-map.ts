import { createHash } from 'node:crypto';

/** What an entry says of itself in the leaf: enough to build the map by the words of docs/spec/map.md. */
export type MappedLeaf = {
  readonly kind?: string;
  readonly keys?: readonly { readonly key: string; readonly n: number }[];
  readonly body?: unknown;
};

type Pair = { readonly key: Buffer; readonly value: Buffer };

/**
 * The map of a ledger, written once more on node:crypto alone and as simply as it can be: a map is the sorted list of its
 * keys, parted at the first bit in which they differ. Slow; it shares nothing with `src/core/map`.
 */
export class NaiveMap {
  readonly #pairs = new Map<string, Pair>();

  get keys(): number {
    return this.#pairs.size;
  }

  take(leaf: MappedLeaf, seq: number, hash: Buffer): void {
    for (const { key, n } of leaf.keys ?? []) {
      const value = Buffer.alloc(16);
      value.writeBigUInt64BE(BigInt(n), 0);
      value.writeBigUInt64BE(BigInt(seq), 8);
      this.#pairs.set(key, { key: sha256(`waybill/map/v1\0${key}`), value: Buffer.concat([value, hash]) });
    }
  }

  root(): Buffer {
    return rootOf(this.#sorted(), 0);
  }

  /** Pages as they must be stored: by bucket, their hash and the rows of key and value. */
  pages(): ReadonlyMap<number, { readonly hash: Buffer; readonly body: Buffer }> {
    const buckets = Map.groupBy(this.#sorted(), ({ key }) => key.readUInt16BE(0));
    return new Map(
      [...buckets].map(([bucket, pairs]) => [
        bucket,
        { hash: rootOf(pairs, 0), body: Buffer.concat(pairs.flatMap(({ key, value }) => [key, value])) },
      ]),
    );
  }

  #sorted(): readonly Pair[] {
    return [...this.#pairs.values()].sort((one, other) => Buffer.compare(one.key, other.key));
  }
}

function rootOf(pairs: readonly Pair[], from: number): Buffer {
  const [first] = pairs;
  if (first === undefined) return sha256('');
  if (pairs.length === 1) return sha256(Buffer.from([0, 32]), first.key, Buffer.from([48]), first.value);
  for (let bit = from; bit < 256; bit += 1) {
    const left = pairs.filter(({ key }) => !isSet(key, bit));
    if (left.length === 0 || left.length === pairs.length) continue;
    const right = pairs.slice(left.length);
    // A varint: seven bits a byte, the lowest first.
    const position = bit < 128 ? [bit] : [(bit & 127) | 128, bit >> 7];
    return sha256(Buffer.from([1, ...position]), rootOf(left, bit + 1), rootOf(right, bit + 1));
  }
  throw new Error('two keys are the same');
}

function isSet(key: Buffer, bit: number): boolean {
  return ((key[bit >> 3] ?? 0) & (128 >> (bit & 7))) !== 0;
}

function sha256(...parts: readonly (Buffer | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
