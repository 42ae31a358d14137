import { equalBytes } from '../core/encoding/bytes.ts';
import { type BucketHash, BucketTree, type GrownBuckets } from '../core/map/bucket-tree.ts';
import { changeBucket, type MapChanges } from '../core/map/ledger-map.ts';
import { formatMapPage, parseMapPage } from '../core/map/map-page.ts';
import type { MapNode, MapStep } from '../core/map/map-trie.ts';
import { ServiceError, type StoredHead } from '../service/ports.ts';
import { type MapDelta, type PageRow, parseMapDelta, type WrittenPage } from './map-pages.ts';
import { parseSeq } from './pool.ts';

/** Bytes of pages whose tries are remembered, as they are stored; parsed they take about eight times as much. */
const REMEMBERED_BYTES_MAX = 4 * 1024 * 1024;

/** The map as a batch leaves it, and its pages; `settle` of the memory makes it the one that is remembered. */
export type GrownMap = {
  readonly root: Uint8Array;
  readonly pages: readonly WrittenPage[];
  readonly settle: (head: StoredHead) => void;
};

/**
 * What a replica remembers of the map: the hashes of all buckets at one committed head, and the tries of buckets that were
 * used lately. Nothing of it is trusted for being here: the hashes count once their root is the one that the newest
 * authenticated head commits to, and a trie where it has the hash of its bucket. So another replica's batch, an unknown
 * outcome, or a batch that was rolled back leave it behind, and never wrong.
 */
export class MapMemory {
  #tree = new BucketTree();
  #head: StoredHead | undefined;
  readonly #tries = new Map<number, { readonly map: MapNode; readonly bytes: number }>();
  #bytes = 0;

  /** The head that the hashes are of; undefined before any were read. */
  get head(): StoredHead | undefined {
    return this.#head;
  }

  /** Forgets the hashes, for a database that was set back. */
  forget(): void {
    this.#tree = new BucketTree();
    this.#head = undefined;
  }

  /** Whether the hashes are those of this head, once what the deltas say was taken in. */
  follow(head: StoredHead, deltas: readonly MapDelta[]): boolean {
    const size = this.#head?.frontier.size;
    if (size === undefined || size > head.frontier.size) return false;
    // Nothing is applied: a batch that grows the same buckets now could not settle any more.
    if (size === head.frontier.size) return equalBytes(this.#tree.root, head.mapRoot);
    const changes = deltas.flatMap((delta) => {
      const at = parseSeq(delta.size);
      return at > size && at <= head.frontier.size ? parseMapDelta(delta.changes) : [];
    });
    const grown = this.#tree.grow(changes);
    if (!equalBytes(grown.root, head.mapRoot)) return false;
    grown.apply();
    this.#head = head;
    return true;
  }

  /** Takes all buckets of a head as they were read; `map/page-differs` where they are not the map that it commits to. */
  load(head: StoredHead, buckets: readonly BucketHash[]): void {
    const tree = new BucketTree();
    tree.grow(buckets).apply();
    if (!equalBytes(tree.root, head.mapRoot))
      throw differs(
        `The buckets in the database are not the map that the head of size ${head.frontier.size} commits to.`,
      );
    // Meanwhile a batch of this replica may have gone further.
    if (this.#head !== undefined && this.#head.frontier.size > head.frontier.size) return;
    this.#tree = tree;
    this.#head = head;
  }

  /** Hashes of those of the buckets that hold keys, as they are now. */
  hashes(buckets: Iterable<number>): ReadonlyMap<number, Uint8Array> {
    const hashes = new Map<number, Uint8Array>();
    for (const bucket of buckets) {
      const hash = this.#tree.bucket(bucket);
      if (hash !== undefined) hashes.set(bucket, hash);
    }
    return hashes;
  }

  /**
   * The tries of buckets with these hashes, out of memory or out of the pages that were read; and the numbers of those that
   * are in neither, or whose pages are not what their hash says.
   */
  tries(
    expected: ReadonlyMap<number, Uint8Array>,
    rows: ReadonlyMap<number, PageRow>,
  ): { readonly tries: ReadonlyMap<number, MapNode>; readonly missing: readonly number[] } {
    const tries = new Map<number, MapNode>();
    const missing: number[] = [];
    for (const [bucket, hash] of expected) {
      const known = this.#tries.get(bucket)?.map;
      const row = rows.get(bucket);
      if (known !== undefined && equalBytes(known.hash, hash)) {
        tries.set(bucket, known);
        continue;
      }
      const read = row === undefined ? undefined : parseMapPage(bucket, row.body);
      if (row === undefined || read?.ok !== true || !equalBytes(read.value.hash, hash) || !equalBytes(row.hash, hash)) {
        missing.push(bucket);
        continue;
      }
      tries.set(bucket, read.value);
      this.#remember(bucket, read.value, row.body.length);
    }
    return { tries, missing };
  }

  /** The map with these changes, `tries` being all buckets with keys that they touch; nothing changes before `settle`. */
  grow(changes: MapChanges, tries: ReadonlyMap<number, MapNode>): GrownMap {
    const maps = [...changes.buckets].map(([bucket, changed]) => ({
      bucket,
      map: changeBucket(tries.get(bucket), changed),
    }));
    const pages = maps.map(({ bucket, map }) => ({ bucket, hash: map.hash, body: formatMapPage(map) }));
    const tree = this.#tree;
    const size = this.#head?.frontier.size;
    const grown: GrownBuckets = tree.grow(pages);
    return {
      root: grown.root,
      pages,
      settle: (head) => {
        for (const [at, { bucket, map }] of maps.entries()) this.#remember(bucket, map, pages[at]?.body.length ?? 0);
        // A reader may have followed to this head already, by the delta that the batch committed.
        if (this.#tree !== tree || this.#head?.frontier.size !== size) return;
        grown.apply();
        this.#head = head;
      },
    };
  }

  /** The bucket where a search for the key ends and the nodes above it; undefined in the empty map. */
  wayTo(key: Uint8Array): { readonly bucket: number; readonly steps: readonly MapStep[] } | undefined {
    return this.#tree.wayTo(key);
  }

  #remember(bucket: number, map: MapNode, bytes: number): void {
    this.#forget(bucket);
    this.#tries.set(bucket, { map, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#tries.keys()) {
      if (this.#bytes <= REMEMBERED_BYTES_MAX || oldest === bucket) return;
      this.#forget(oldest);
    }
  }

  #forget(bucket: number): void {
    this.#bytes -= this.#tries.get(bucket)?.bytes ?? 0;
    this.#tries.delete(bucket);
  }
}

/** The map in the database is not the one that the service has committed to: nothing is proved or signed from it. */
export function differs(message: string): ServiceError {
  return new ServiceError({ code: 'map/page-differs', message: `${message} Run waybill audit.` });
}
