import type pg from 'pg';
import { concatBytes } from '../core/encoding/bytes.ts';
import { formatHex, parseHex } from '../core/encoding/hex.ts';
import type { LinkedEntry } from '../core/entry/link.ts';
import { invariant } from '../core/fault.ts';
import { formatFrontier } from '../core/merkle/frontier.ts';
import { completedTiles, formatTilePath, type TileId } from '../core/merkle/tile.ts';
import type { StoredHead, StoredPayload, Submission } from '../service/ports.ts';
import { type RunStatement, runOn, type Statement } from './ledger-transaction.ts';

/** Payloads up to this size are written inside the append. */
const PAYLOAD_BYTES_WITHIN = 8 * 1024;

const FIND_IDENTITIES: Statement = {
  name: 'find-identities',
  text: 'SELECT identity FROM submission WHERE identity = ANY ($1::bytea[])',
};

/*
 * Columns of long bytes go as one parameter and are cut apart by the server: an array of them would be written and read
 * as hexadecimal text, which costs more than the insert.
 */
const INSERT_PAYLOADS: Statement = {
  name: 'insert-payloads',
  text: `INSERT INTO payload (commitment, salt, bytes)
    SELECT substring($1::bytea FROM at FOR 32), substring($2::bytea FROM at FOR 32), substring($3::bytea FROM first FOR length)
    FROM (SELECT (32 * number - 31)::int AS at, first, length
      FROM unnest($4::int[], $5::int[]) WITH ORDINALITY AS each (first, length, number)) AS cut
    ON CONFLICT (commitment) DO NOTHING`,
};

const INSERT_ENTRIES: Statement = {
  name: 'insert-entries',
  text: `INSERT INTO entry (seq, leaf, prev)
    SELECT $1::bigint + number - 1, substring($2::bytea FROM first FOR length),
      CASE WHEN $1::bigint + number > 1 THEN substring($3::bytea FROM (32 * number - 31)::int FOR 32) END
    FROM unnest($4::int[], $5::int[]) WITH ORDINALITY AS each (first, length, number) ORDER BY number`,
};

const INSERT_HEAD: Statement = {
  name: 'insert-head',
  text: 'INSERT INTO head (size, root, frontier, map_root, mac) VALUES ($1::bigint, $2::bytea, $3::bytea, $4::bytea, $5::bytea)',
};

const INSERT_SUBMISSIONS: Statement = {
  name: 'insert-submissions',
  text: `INSERT INTO submission (identity, seq)
    SELECT substring($1::bytea FROM (32 * number - 31)::int FOR 32), $2::bigint + number - 1
    FROM generate_series(1, octet_length($1::bytea) / 32) AS each (number)`,
};

/** What was asked under keys of the callers' own, beside the identities that those keys are. */
const INSERT_REQUESTS: Statement = {
  name: 'insert-requests',
  text: 'INSERT INTO submission (identity, seq) SELECT * FROM unnest($1::bytea[], $2::bigint[])',
};

const READ_LEAF_HASHES: Statement = {
  name: 'read-leaf-hashes',
  text: 'SELECT hash FROM entry WHERE seq >= $1::bigint AND seq < $2::bigint ORDER BY seq',
};

const READ_TILE_ROOTS: Statement = {
  name: 'read-tile-roots',
  text: 'SELECT root AS hash FROM tile WHERE level = $3::smallint AND index >= $1::bigint AND index < $2::bigint ORDER BY index',
};

const INSERT_TILE: Statement = {
  name: 'insert-tile',
  text: 'INSERT INTO tile (level, index, hashes, root) VALUES ($1::smallint, $2::bigint, $3::bytea, $4::bytea)',
};

/**
 * Writes large payloads before the append, in a statement of its own, but for submissions that are there already: a
 * retry would leave an orphan each time. An orphan is swept after an hour. Gives those that it wrote.
 */
export async function insertLargePayloads(
  pool: pg.Pool,
  submissions: readonly Submission[],
): Promise<ReadonlySet<StoredPayload>> {
  const large = submissions.filter(({ payload }) => (payload?.bytes.length ?? 0) > PAYLOAD_BYTES_WITHIN);
  if (large.length === 0) return new Set();
  const run = runOn(pool);
  const identities = large.map(({ identity }) => Buffer.from(identity));
  const rows = await run<{ identity: Uint8Array }>(FIND_IDENTITIES, [identities]);
  const known = new Set(rows.map(({ identity }) => formatHex(identity)));
  const unknown = large.filter(({ identity }) => !known.has(formatHex(identity)));
  await insertPayloads(run, unknown, () => true);
  return new Set(unknown.flatMap(({ payload }) => payload ?? []));
}

/** Writes the payloads that `which` picks; one that is there already stays. */
export async function insertPayloads(
  run: RunStatement,
  submissions: readonly Submission[],
  which: (payload: StoredPayload) => boolean,
): Promise<void> {
  const payloads = submissions.flatMap(({ payload }) => (payload !== undefined && which(payload) ? [payload] : []));
  if (payloads.length === 0) return;
  const { bytes, firsts, lengths } = joinColumn(payloads.map((payload) => payload.bytes));
  const commitments = Buffer.concat(payloads.map(({ commitment }) => commitment));
  const salts = Buffer.concat(payloads.map(({ salt }) => salt));
  await run(INSERT_PAYLOADS, [commitments, salts, bytes, firsts, lengths]);
}

/** Writes the leaves; the schema computes their hashes and checks the links. */
export async function insertEntries(run: RunStatement, linked: readonly LinkedEntry[]): Promise<void> {
  const { bytes, firsts, lengths } = joinColumn(linked.map((each) => each.bytes));
  const links = Buffer.concat(linked.map(({ entry }) => linkBytes(entry.prev)));
  await run(INSERT_ENTRIES, [linked[0]?.entry.seq ?? 0, bytes, links, firsts, lengths]);
}

/** Byte columns one after another, with the place (from 1) and length of each. */
function joinColumn(parts: readonly Uint8Array[]) {
  const firsts: number[] = [];
  let next = 1;
  for (const { length } of parts) {
    firsts.push(next);
    next += length;
  }
  return { bytes: Buffer.concat(parts), firsts, lengths: parts.map(({ length }) => length) };
}

/** The first entry of all has no link; its place in the column is not read. */
function linkBytes(prev: string | undefined): Uint8Array {
  if (prev === undefined) return new Uint8Array(32);
  const bytes = parseHex(prev, 32);
  invariant(bytes.ok, 'a link of ours is 64 hex digits');
  return bytes.value;
}

/** Writes the head over the entries; `mac` is this service's over it. */
export async function insertHead(run: RunStatement, head: StoredHead, mac: Uint8Array): Promise<void> {
  const { frontier, root, mapRoot } = head;
  const bytes = [root, formatFrontier(frontier), mapRoot, mac].map((each) => Buffer.from(each));
  await run(INSERT_HEAD, [frontier.size, ...bytes]);
}

/** Roots of full tiles by the tile's path, out of the tree itself: not of what the database holds of it. */
export type TileRoots = ReadonlyMap<string, Uint8Array>;

/**
 * Stores the tiles that this batch filled, from lower to higher ones, after its entries; one in 256 entries pays for
 * one, so that reading their leaves back is cheap.
 */
export async function insertFullTiles(
  run: RunStatement,
  oldSize: number,
  newSize: number,
  roots: TileRoots,
): Promise<void> {
  for (const tile of completedTiles(oldSize, newSize)) {
    const hashes = await readTileHashes(run, tile);
    const root = roots.get(formatTilePath(tile));
    invariant(root !== undefined, 'a tree that fills a tile gives its root');
    await run(INSERT_TILE, [tile.level, tile.index, Buffer.from(hashes), Buffer.from(root)]);
  }
}

async function readTileHashes(run: RunStatement, { level, index }: TileId): Promise<Uint8Array> {
  const places = [index * 256, (index + 1) * 256];
  const rows =
    level === 0
      ? await run<{ hash: Uint8Array }>(READ_LEAF_HASHES, places)
      : await run<{ hash: Uint8Array }>(READ_TILE_ROOTS, [...places, level - 1]);
  return concatBytes(...rows.map((row) => row.hash));
}

/** Remembers which submission became which entry, for its retries. */
export async function insertSubmissions(
  run: RunStatement,
  fresh: readonly Submission[],
  linked: readonly LinkedEntry[],
): Promise<void> {
  if (fresh.length === 0) return;
  const firstSeq = linked[0]?.entry.seq ?? 0;
  const identities = Buffer.concat(fresh.map(({ identity }) => identity));
  const requests = fresh.flatMap(({ request }, index) =>
    request === undefined ? [] : [{ request, seq: firstSeq + index }],
  );
  await Promise.all([
    run(INSERT_SUBMISSIONS, [identities, firstSeq]),
    requests.length === 0
      ? undefined
      : run(INSERT_REQUESTS, [requests.map(({ request }) => Buffer.from(request)), requests.map(({ seq }) => seq)]),
  ]);
}
