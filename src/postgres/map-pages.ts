import { concatBytes } from '../core/encoding/bytes.ts';
import type { BucketHash } from '../core/map/bucket-tree.ts';
import { HASH_BYTES } from '../core/merkle/hash.ts';
import { ServiceError } from '../service/ports.ts';
import type { RunStatement, Statement } from './ledger-transaction.ts';

/** A changed bucket in a row of deltas: number (2 bytes, big-endian) ‖ hash. */
const CHANGE_BYTES = 2 + HASH_BYTES;

/** Replicas that are at most so many entries behind follow by deltas; others read all buckets. */
const DELTA_ENTRIES_KEPT = 65_536;
/** Deltas are removed once in so many entries. */
const PRUNING_ENTRIES = 4_096;

const READ_PAGES: Statement = {
  name: 'read-map-pages',
  text: 'SELECT bucket, hash, body FROM map_page WHERE bucket = ANY ($1::int[])',
};

const READ_BUCKETS: Statement = {
  name: 'read-map-buckets',
  text: `SELECT string_agg(substring(int4send(bucket) FROM 3) || hash, ''::bytea ORDER BY bucket) AS changes FROM map_page`,
};

const READ_DELTAS: Statement = {
  name: 'read-map-deltas',
  text: 'SELECT size, changes FROM map_delta WHERE size > $1::bigint ORDER BY map_delta.size',
};

/* The hashes are those of the delta: one parameter serves both. */
const WRITE_PAGES: Statement = {
  name: 'write-map-pages',
  text: `INSERT INTO map_page (bucket, hash, body)
    SELECT bucket, substring($1::bytea FROM (34 * number - 31)::int FOR 32), substring($2::bytea FROM first FOR length)
    FROM unnest($3::int[], $4::int[], $5::int[]) WITH ORDINALITY AS each (bucket, first, length, number)
    ON CONFLICT (bucket) DO UPDATE SET hash = excluded.hash, body = excluded.body`,
};

const INSERT_DELTA: Statement = {
  name: 'insert-map-delta',
  text: 'INSERT INTO map_delta (size, changes) VALUES ($1::bigint, $2::bytea)',
};

const PRUNE_DELTAS: Statement = {
  name: 'prune-map-deltas',
  text: 'DELETE FROM map_delta WHERE size <= $1::bigint',
};

/** A bucket as it is stored; nothing of it was checked. */
export type PageRow = { readonly bucket: number; readonly hash: Uint8Array; readonly body: Uint8Array };

/** What the batch up to `size` changed. */
export type MapDelta = { readonly size: string; readonly changes: Uint8Array };

/** A bucket that is written: its hash, and its body as `formatMapPage` has it. */
export type WrittenPage = BucketHash & { readonly body: Uint8Array };

/** Stored buckets by their number; those that are not there are left out. */
export async function readPages(run: RunStatement, buckets: readonly number[]): Promise<ReadonlyMap<number, PageRow>> {
  if (buckets.length === 0) return new Map();
  const rows = await run<PageRow>(READ_PAGES, [buckets]);
  return new Map(rows.map((row) => [row.bucket, row]));
}

/** Number and hash of every bucket that is stored: up to 65,536, in one statement. */
export async function readBuckets(run: RunStatement): Promise<readonly BucketHash[]> {
  const [row] = await run<{ changes: Uint8Array | null }>(READ_BUCKETS);
  return parseMapDelta(row?.changes ?? new Uint8Array());
}

/** What batches after `size` changed, in their order, as far as it is kept. */
export function readDeltas(run: RunStatement, size: number): Promise<readonly MapDelta[]> {
  return run<MapDelta>(READ_DELTAS, [size]);
}

/** Changed buckets of a delta, as they stand in it. Throws `map/page-differs` where it was cut in the database. */
export function parseMapDelta(changes: Uint8Array): readonly BucketHash[] {
  if (changes.length % CHANGE_BYTES !== 0)
    throw new ServiceError({ code: 'map/page-differs', message: 'A change of the map is cut off. Run waybill audit.' });
  const buckets: BucketHash[] = [];
  for (let at = 0; at < changes.length; at += CHANGE_BYTES) {
    const bucket = (changes[at] ?? 0) * 256 + (changes[at + 1] ?? 0);
    buckets.push({ bucket, hash: changes.subarray(at + 2, at + CHANGE_BYTES) });
  }
  return buckets;
}

/** Changed buckets as a delta holds them. */
export function formatMapDelta(pages: readonly BucketHash[]): Uint8Array {
  return concatBytes(...pages.flatMap(({ bucket, hash }) => [Uint8Array.of(bucket >>> 8, bucket & 255), hash]));
}

/** Writes the pages that a batch changed, and the delta that other replicas follow by; removes old ones now and then. */
export async function writePages(
  run: RunStatement,
  pages: readonly WrittenPage[],
  oldSize: number,
  newSize: number,
): Promise<void> {
  if (pages.length === 0) return;
  const changes = Buffer.from(formatMapDelta(pages));
  const sent = [sendPages(run, pages, changes), run(INSERT_DELTA, [newSize, changes])];
  const isDue = Math.floor(oldSize / PRUNING_ENTRIES) !== Math.floor(newSize / PRUNING_ENTRIES);
  if (isDue && newSize > DELTA_ENTRIES_KEPT) sent.push(run(PRUNE_DELTAS, [newSize - DELTA_ENTRIES_KEPT]));
  await Promise.all(sent);
}

/** Writes pages without a delta: for a map that is written as a whole. */
export async function insertPages(run: RunStatement, pages: readonly WrittenPage[]): Promise<void> {
  if (pages.length > 0) await sendPages(run, pages, Buffer.from(formatMapDelta(pages)));
}

/** `changes` are those of the pages, in their order. */
function sendPages(run: RunStatement, pages: readonly WrittenPage[], changes: Buffer): Promise<readonly object[]> {
  const firsts: number[] = [];
  let next = 1;
  for (const { body } of pages) {
    firsts.push(next);
    next += body.length;
  }
  const bodies = Buffer.concat(pages.map(({ body }) => body));
  const lengths = pages.map(({ body }) => body.length);
  return run(WRITE_PAGES, [changes, bodies, pages.map(({ bucket }) => bucket), firsts, lengths]);
}
