import { type Kysely, sql, type Transaction } from 'kysely';
import { concatBytes } from '../core/encoding/bytes.ts';
import { formatHex, parseHex } from '../core/encoding/hex.ts';
import type { LinkedEntry } from '../core/entry/link.ts';
import { invariant } from '../core/fault.ts';
import { appendLeaves, formatFrontier, frontierRoot } from '../core/merkle/frontier.ts';
import { completedTiles, tileRoot } from '../core/merkle/tile.ts';
import type { HeadAuthenticator, StoredHead, StoredPayload, Submission } from '../service/ports.ts';
import type { Tables } from './tables.ts';

/** Payloads up to this size are written inside the append. */
const PAYLOAD_BYTES_WITHIN = 8 * 1024;

/**
 * Writes large payloads before the append, in a statement of its own, but for submissions that are there already: a
 * retry would leave an orphan each time. An orphan is swept after an hour. Gives those that it wrote.
 */
export async function insertLargePayloads(
  database: Kysely<Tables>,
  submissions: readonly Submission[],
): Promise<ReadonlySet<StoredPayload>> {
  const large = submissions.filter(({ payload }) => (payload?.bytes.length ?? 0) > PAYLOAD_BYTES_WITHIN);
  if (large.length === 0) return new Set();
  const identities = large.map(({ identity }) => Buffer.from(identity));
  const { rows } = await sql<{ identity: Uint8Array }>`
    SELECT identity FROM submission WHERE identity = ANY (${identities}::bytea[])`.execute(database);
  const known = new Set(rows.map(({ identity }) => formatHex(identity)));
  const unknown = large.filter(({ identity }) => !known.has(formatHex(identity)));
  await insertPayloads(database, unknown, () => true);
  return new Set(unknown.flatMap(({ payload }) => payload ?? []));
}

/** Writes the payloads that `which` picks; one that is there already stays. */
export async function insertPayloads(
  database: Kysely<Tables>,
  submissions: readonly Submission[],
  which: (payload: StoredPayload) => boolean,
): Promise<void> {
  const payloads = submissions.flatMap(({ payload }) => (payload !== undefined && which(payload) ? [payload] : []));
  if (payloads.length === 0) return;
  await sql`INSERT INTO payload (commitment, salt, bytes)
    SELECT * FROM unnest(${payloads.map((p) => Buffer.from(p.commitment))}::bytea[],
      ${payloads.map((p) => Buffer.from(p.salt))}::bytea[], ${payloads.map((p) => Buffer.from(p.bytes))}::bytea[])
    ON CONFLICT (commitment) DO NOTHING`.execute(database);
}

/** Writes the leaves; the schema computes their hashes and checks the links. */
export async function insertEntries(transaction: Transaction<Tables>, linked: readonly LinkedEntry[]): Promise<void> {
  await sql`INSERT INTO entry (seq, leaf, prev)
    SELECT * FROM unnest(${linked.map(({ entry }) => String(entry.seq))}::bigint[],
      ${linked.map(({ bytes }) => Buffer.from(bytes))}::bytea[],
      ${linked.map(({ entry }) => (entry.prev === undefined ? null : Buffer.from(hexBytes(entry.prev))))}::bytea[])`.execute(
    transaction,
  );
}

function hexBytes(hex: string): Uint8Array {
  const bytes = parseHex(hex, 32);
  invariant(bytes.ok, 'a link of ours is 64 hex digits');
  return bytes.value;
}

/** Writes the tiles that the entries fill and the head over them, which carries the MAC of this service. */
export async function insertTilesAndHead(
  transaction: Transaction<Tables>,
  head: StoredHead,
  linked: readonly LinkedEntry[],
  authenticator: HeadAuthenticator,
): Promise<StoredHead> {
  const oldSize = head.frontier.size;
  const frontier = appendLeaves(
    head.frontier,
    linked.map(({ hash }) => hash),
  );
  await insertFullTiles(transaction, oldSize, frontier.size);
  const root = frontierRoot(frontier);
  const mac = authenticator.mac(head.origin, frontier, root);
  await transaction
    .insertInto('head')
    .values({
      size: String(frontier.size),
      root: Buffer.from(root),
      frontier: Buffer.from(formatFrontier(frontier)),
      mac: Buffer.from(mac),
    })
    .execute();
  return { origin: head.origin, frontier, root };
}

/** Stores the tiles that this batch filled; one in 256 entries pays for one, so that reading their leaves back is cheap. */
async function insertFullTiles(transaction: Transaction<Tables>, oldSize: number, newSize: number): Promise<void> {
  for (const { level, index } of completedTiles(oldSize, newSize)) {
    const from = String(index * 256);
    const to = String((index + 1) * 256);
    const { rows } =
      level === 0
        ? await sql<{
            hash: Uint8Array;
          }>`SELECT hash FROM entry WHERE seq >= ${from}::bigint AND seq < ${to}::bigint ORDER BY seq`.execute(
            transaction,
          )
        : await sql<{
            hash: Uint8Array;
          }>`SELECT root AS hash FROM tile WHERE level = ${level - 1} AND index >= ${from}::bigint AND index < ${to}::bigint ORDER BY index`.execute(
            transaction,
          );
    const hashes = concatBytes(...rows.map((row) => row.hash));
    await transaction
      .insertInto('tile')
      .values({ level, index: String(index), hashes: Buffer.from(hashes), root: Buffer.from(tileRoot(hashes)) })
      .execute();
  }
}

/** Remembers which submission became which entry, for its retries. */
export async function insertSubmissions(
  transaction: Transaction<Tables>,
  fresh: readonly Submission[],
  linked: readonly LinkedEntry[],
): Promise<void> {
  await sql`INSERT INTO submission (identity, seq)
    SELECT * FROM unnest(${fresh.map(({ identity }) => Buffer.from(identity))}::bytea[],
      ${linked.map(({ entry }) => String(entry.seq))}::bigint[])`.execute(transaction);
}
