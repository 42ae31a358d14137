import { join } from 'node:path';
import pg from 'pg';
import { readConfig } from '../../config/config.ts';
import { equalBytes } from '../../core/encoding/bytes.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import { parseEntry } from '../../core/entry/entry.ts';
import { invariant } from '../../core/fault.ts';
import { LedgerMap } from '../../core/map/ledger-map.ts';
import { frontierRoot, parseFrontier } from '../../core/merkle/frontier.ts';
import { TILE_WIDTH } from '../../core/merkle/tile-path.ts';
import { openServiceKeys } from '../../keys/service-keys.ts';
import { attachEmbeddedPostgres } from '../../postgres/embedded/attach-embedded-postgres.ts';
import { parseSeq } from '../../postgres/pool.ts';
import { type BulkRows, insertBulk } from './bulk-insert.ts';
import { type GrownBatch, type Growth, growImages, growIndexes, type Numbers } from './grow-ledger.ts';
import { PIPELINE_PRINCIPAL, type Stand } from './stand.ts';

/** Entries, and entries of lists, that are written with one statement a table. */
const ENTRIES_AT_ONCE = 2_048;
const LISTED_AT_ONCE = 65_536;
/** Bytes of pages whose tries growing keeps: the whole map of the bars, in about 700 MiB, so that no page is read twice. */
const PARSED_BYTES_MAX = 128 * 1024 * 1024;
const PROGRESS_ENTRIES = 50_000;
/** Entries of one reading. */
const ENTRIES_READ = 10_000;

/** What a ledger grows by: images with all their stages, then indexes. */
export type Growing = { readonly images: Numbers; readonly indexes: Numbers };

/** A ledger as it stands: entries, and keys of its map. */
export type GrownSize = { readonly entries: number; readonly keys: number };

/**
 * Grows the ledger of a stand, and gives its size then. `onProgress` hears of every 50,000 entries or so. Written past the
 * service, as another replica under the ledger's lock would: what comes out is a true ledger, which the audit of the same
 * run shows.
 */
export async function growStand(
  stand: Stand,
  { images, indexes }: Growing,
  onProgress: (entries: number) => void,
): Promise<GrownSize> {
  const config = readConfig(stand.service.environment, stand.folder);
  const urls = attachEmbeddedPostgres(join(config.dataFolder, 'postgres'));
  if (urls === undefined) throw new Error('the database of the service is not there');
  const client = new pg.Client({ connectionString: urls.ownerUrl });
  await client.connect();
  try {
    const growth = await openGrowth(stand, client, config.keysFolder);
    let told = growth.head.size;
    const tell = () => {
      if (growth.head.size - told < PROGRESS_ENTRIES) return;
      told = growth.head.size;
      onProgress(told);
    };
    // Nothing here was promised to anybody: a crash would lose the bench, not a receipt.
    await client.query('SET synchronous_commit = off');
    await writeBatches(client, growImages(growth, images), tell);
    await writeBatches(client, growIndexes(growth, indexes), tell);
    await client.query('VACUUM ANALYZE');
    return { entries: growth.head.size, keys: growth.map.commit().keys };
  } finally {
    await client.end();
  }
}

async function writeBatches(client: pg.Client, batches: Iterable<GrownBatch>, tell: () => void): Promise<void> {
  let pending: GrownBatch[] = [];
  let [entries, listed] = [0, 0];
  let written: Promise<void> = Promise.resolve();
  for (const batch of batches) {
    pending.push(batch);
    entries += batch.entries;
    listed += batch.tables.find(({ table }) => table === 'list_entry')?.rows.length ?? 0;
    if (entries < ENTRIES_AT_ONCE && listed < LISTED_AT_ONCE) continue;
    const together = mergeTables(pending);
    pending = [];
    [entries, listed] = [0, 0];
    // The next batches are made while the database works on these.
    await written;
    written = writeUnderLock(client, together);
    tell();
    // The statement goes out before this process is busy again.
    await new Promise((resume) => setImmediate(resume));
  }
  await written;
  await writeUnderLock(client, mergeTables(pending));
}

async function writeUnderLock(client: pg.Client, tables: readonly BulkRows[]): Promise<void> {
  await client.query('BEGIN');
  await client.query('SELECT id FROM ledger_lock WHERE id = 1 FOR UPDATE');
  await insertBulk(client, tables);
  await client.query('COMMIT');
}

function mergeTables(batches: readonly GrownBatch[]): readonly BulkRows[] {
  const merged = new Map<string, Readonly<Record<string, unknown>>[]>();
  for (const { tables } of batches) {
    for (const { table, rows } of tables) {
      const known = merged.get(table) ?? [];
      known.push(...rows);
      merged.set(table, known);
    }
  }
  // A page that several of the batches changed is written once, as the last of them left it.
  const pages = new Map((merged.get('map_page') ?? []).map((page) => [page.bucket, page]));
  if (pages.size > 0) merged.set('map_page', [...pages.values()]);
  return [...merged].map(([table, rows]) => ({ table, rows }));
}

/** Where the ledger of the stand stands now: the tree over its entries, and the newest of them. */
async function openGrowth(stand: Stand, client: pg.Client, keysFolder: string): Promise<Growth> {
  const { rows: heads } = await client.query<{ size: string; root: Buffer; frontier: Buffer }>(
    'SELECT size, root, frontier FROM head ORDER BY size DESC LIMIT 1',
  );
  const head = heads[0];
  const frontier = head === undefined ? undefined : parseFrontier(head.frontier);
  invariant(head !== undefined && frontier?.ok === true, 'growth starts on a ledger that is open');
  invariant(equalBytes(head.root, frontierRoot(frontier.value)), 'the newest root is that of its frontier');
  const size = parseSeq(head.size);
  const { rows: newest } = await client.query<{ leaf: Buffer; hash: Buffer }>(
    'SELECT leaf, hash FROM entry WHERE seq = $1',
    [size - 1],
  );
  const last = newest[0];
  const entry = last === undefined ? undefined : parseEntry(last.leaf);
  invariant(last !== undefined && entry?.ok === true, 'the newest entry reads');
  const origin = entry.value.log;
  return {
    origin,
    keys: openServiceKeys(keysFolder, undefined),
    workload: stand.workload,
    principal: PIPELINE_PRINCIPAL,
    head: { log: origin, size, last: { hash: formatHex(last.hash), time: entry.value.time } },
    frontier: frontier.value,
    edges: await readEdges(client, size),
    lists: new Map(),
    map: await readMap(client),
  };
}

/** The map, grown from all entries. */
async function readMap(client: pg.Client): Promise<LedgerMap> {
  const map = new LedgerMap(PARSED_BYTES_MAX);
  for (let from = 0; ; from += ENTRIES_READ) {
    const { rows } = await client.query<{ leaf: Buffer; hash: Buffer }>(
      'SELECT leaf, hash FROM entry WHERE seq >= $1 AND seq < $2 ORDER BY seq',
      [from, from + ENTRIES_READ],
    );
    for (const { leaf, hash } of rows) {
      const entry = parseEntry(leaf);
      invariant(entry.ok, 'every entry reads');
      map.take({ keys: entry.value.keys, seq: entry.value.seq, hash: formatHex(hash) });
    }
    if (rows.length > 0) continue;
    map.commit();
    return map;
  }
}

/** The hashes that no full tile holds yet, level by level. */
async function readEdges(client: pg.Client, size: number): Promise<Uint8Array[][]> {
  const edges: Uint8Array[][] = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const text =
      level === 0
        ? 'SELECT hash FROM entry WHERE seq >= $1 ORDER BY seq'
        : `SELECT root AS hash FROM tile WHERE level = ${level - 1} AND index >= $1 ORDER BY index`;
    const { rows } = await client.query<{ hash: Buffer }>(text, [hashes - (hashes % TILE_WIDTH)]);
    edges.push(rows.map(({ hash }) => new Uint8Array(hash)));
  }
  return edges;
}
