import { parseHex } from '../encoding/hex.ts';
import { invariant } from '../fault.ts';
import { HASH_BYTES } from '../merkle/hash.ts';
import { BUCKETS, type BucketHash, BucketTree, bucketOf } from './bucket-tree.ts';
import { formatMapValue, MAP_KEY_BYTES, MAP_VALUE_BYTES, mapKey } from './map-key.ts';
import { formatMapPage, parseMapPage } from './map-page.ts';
import { getFromMap, type MapNode, setInMap } from './map-trie.ts';

/** What of an entry goes into the map: the lists that it is the newest of, its seq, and its hash (64 hex). */
export type MapSource = {
  readonly keys: readonly { readonly key: string; readonly n: number }[];
  readonly seq: number;
  readonly hash: string;
};

/** What a commitment says: how many keys the map has, and its root (32 bytes). */
export type MapState = { readonly keys: number; readonly root: Uint8Array };

/** A key of the map with its new value (32 and 48 bytes). */
export type MapChange = { readonly key: Uint8Array; readonly value: Uint8Array };

/** What entries change in the map, bucket by bucket, and how many keys they add to it. */
export type MapChanges = {
  readonly buckets: ReadonlyMap<number, readonly MapChange[]>;
  readonly added: number;
};

/** Entries that are taken before they go into their buckets, asked for or not. */
const PENDING_MAX = 16_384;

/** Bytes of pages whose tries are kept parsed, at about eight times the size; the others are kept as they are stored. */
const PARSED_BYTES_MAX = 16 * 1024 * 1024;

/**
 * What a run of entries, in their order, changes in the map: each list once, by its newest entry.
 * Source: docs/spec/map.md section 1.
 */
export function mapChanges(entries: readonly MapSource[]): MapChanges {
  const newest = new Map<string, { readonly n: number; readonly seq: number; readonly hash: string }>();
  let added = 0;
  for (const { keys, seq, hash } of entries) {
    for (const { key, n } of keys) {
      if (n === 1) added += 1;
      newest.set(key, { n, seq, hash });
    }
  }
  const buckets = new Map<number, MapChange[]>();
  for (const [name, { n, seq, hash }] of newest) {
    const key = mapKey(name);
    const bytes = parseHex(hash, HASH_BYTES);
    invariant(bytes.ok, 'the hash of an entry is 64 hex digits');
    const bucket = bucketOf(key);
    const change = { key, value: formatMapValue({ n, seq, hash: bytes.value }) };
    const changes = buckets.get(bucket);
    if (changes === undefined) buckets.set(bucket, [change]);
    else changes.push(change);
  }
  return { buckets, added };
}

/** A bucket with these changes. */
export function changeBucket(bucket: MapNode | undefined, changes: readonly MapChange[]): MapNode {
  let map = bucket;
  for (const { key, value } of changes) map = setInMap(map, key, value);
  invariant(map !== undefined, 'a bucket that is changed holds a key');
  return map;
}

/**
 * The whole map of a ledger in memory, grown entry by entry. Little is hashed before it is asked for a commitment, so
 * that a list which many entries of a batch extend costs once. Memory: 4 MiB, and about 650 bytes a key of
 * the 200,000 that were used last, 80 of any other.
 */
export class LedgerMap {
  readonly #tree = new BucketTree();
  readonly #pages = new Map<number, Uint8Array>();
  readonly #parsed = new Map<number, { readonly map: MapNode; readonly bytes: number }>();
  readonly #parsedBytesMax: number;
  #parsedBytes = 0;
  readonly #changed = new Map<number, Uint8Array>();
  #pending: MapSource[] = [];
  #keys = 0;

  constructor(parsedBytesMax = PARSED_BYTES_MAX) {
    this.#parsedBytesMax = parsedBytesMax;
  }

  /** Takes the next entry. */
  take(entry: MapSource): void {
    if (entry.keys.length > 0) this.#pending.push(entry);
    if (this.#pending.length >= PENDING_MAX) this.#settle();
  }

  /** Takes a list by its newest entry, of entries that are not taken one by one. */
  takeList(key: string, { n, seq, hash }: { readonly n: number; readonly seq: number; readonly hash: string }): void {
    this.take({ keys: [{ key, n }], seq, hash });
    if (n > 1) this.#keys += 1;
  }

  /** The map over all entries that were taken, and the buckets that have changed since the commitment before. */
  commit(): MapState & { readonly changed: readonly BucketHash[] } {
    this.#settle();
    const changed = [...this.#changed].map(([bucket, hash]) => ({ bucket, hash }));
    this.#changed.clear();
    const grown = this.#tree.grow(changed);
    grown.apply();
    return { keys: this.#keys, root: grown.root, changed };
  }

  /** Hash of a bucket at the newest commitment, or undefined where it holds no key. */
  bucketHash(bucket: number): Uint8Array | undefined {
    return this.#tree.bucket(bucket);
  }

  /** The stored bytes of a bucket at the newest commitment, or undefined where it holds no key. */
  page(bucket: number): Uint8Array | undefined {
    const parsed = this.#parsed.get(bucket);
    return parsed === undefined ? this.#pages.get(bucket) : formatMapPage(parsed.map);
  }

  /** All buckets that hold keys at the newest commitment, as they are stored, by their number. */
  *pages(): Generator<BucketHash & { readonly body: Uint8Array }> {
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const hash = this.bucketHash(bucket);
      const body = this.page(bucket);
      if (hash !== undefined && body !== undefined) yield { bucket, hash, body };
    }
  }

  /** Puts what was taken into its buckets; the nodes above them wait for a commitment. */
  #settle(): void {
    const { buckets, added } = mapChanges(this.#pending);
    this.#pending = [];
    this.#keys += added;
    for (const [bucket, changes] of buckets) {
      const { map: before, bytes } = this.#bucket(bucket);
      const map = changeBucket(before, changes);
      const added = changes.filter(({ key }) => getFromMap(before, key) === undefined).length;
      this.#keep(bucket, map, bytes + added * (MAP_KEY_BYTES + MAP_VALUE_BYTES));
      this.#changed.set(bucket, map.hash);
    }
  }

  /** A bucket, with what its page measures as far as that is known. */
  #bucket(bucket: number): { readonly map: MapNode | undefined; readonly bytes: number } {
    const parsed = this.#parsed.get(bucket);
    const page = this.#pages.get(bucket);
    if (parsed !== undefined) return parsed;
    if (page === undefined) return { map: undefined, bytes: 0 };
    const read = parseMapPage(bucket, page);
    invariant(read.ok, 'a page of ours reads');
    return { map: read.value, bytes: page.length };
  }

  #keep(bucket: number, map: MapNode, bytes: number): void {
    this.#parsedBytes += bytes - (this.#parsed.get(bucket)?.bytes ?? 0);
    this.#parsed.delete(bucket);
    this.#parsed.set(bucket, { map, bytes });
    this.#pages.delete(bucket);
    for (const [oldest, { map: known, bytes: size }] of this.#parsed) {
      if (this.#parsedBytes <= this.#parsedBytesMax) return;
      this.#pages.set(oldest, formatMapPage(known));
      this.#parsed.delete(oldest);
      this.#parsedBytes -= size;
    }
  }
}
