import { type Kysely, sql } from 'kysely';
import { equalBytes } from '../core/encoding/bytes.ts';
import type { ReplayFinding } from '../core/entry/replay.ts';
import { BUCKETS } from '../core/map/bucket-tree.ts';
import type { LedgerMap } from '../core/map/ledger-map.ts';
import type { PageRow } from './map-pages.ts';
import type { Tables } from './tables.ts';

/** Buckets of one reading: at a million keys about 4 MB. */
const BUCKETS_READ = 4_096;

/**
 * Every stored bucket against the map that was replayed from the entries, one finding for each that differs, is missing,
 * or holds nothing by right (`map/page-differs`). `database` must show the pages as of that map's newest commitment.
 */
export async function auditMapPages(
  database: Kysely<Tables>,
  map: Pick<LedgerMap, 'bucketHash' | 'page'>,
  seq: number,
  find: (finding: ReplayFinding) => void,
): Promise<void> {
  for (let from = 0; from < BUCKETS; from += BUCKETS_READ) {
    const { rows } = await sql<PageRow>`
      SELECT bucket, hash, body FROM map_page WHERE bucket >= ${from} AND bucket < ${from + BUCKETS_READ}`.execute(
      database,
    );
    const stored = new Map(rows.map((row) => [row.bucket, row]));
    for (let bucket = from; bucket < from + BUCKETS_READ; bucket += 1) {
      const what = differenceOf(stored.get(bucket), map.bucketHash(bucket), () => map.page(bucket));
      if (what === undefined) continue;
      const message = `Bucket ${bucket} of the map ${what}: run waybill rebuild.`;
      find({ code: 'map/page-differs', seq, message });
    }
  }
}

function differenceOf(
  row: PageRow | undefined,
  hash: Uint8Array | undefined,
  page: () => Uint8Array | undefined,
): string | undefined {
  if (row === undefined) return hash === undefined ? undefined : 'is missing';
  if (hash === undefined) return 'holds keys that no entry is filed under';
  if (!equalBytes(row.hash, hash)) return 'has another hash than its entries give';
  return equalBytes(row.body, page() ?? new Uint8Array()) ? undefined : 'holds something else than its entries give';
}
