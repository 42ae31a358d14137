import { join } from 'node:path';
import { sql, type Transaction } from 'kysely';
import { formatHex } from '../../src/core/encoding/hex.ts';
import { parseEntry } from '../../src/core/entry/entry.ts';
import { linkEntries } from '../../src/core/entry/link.ts';
import { formatFrontier, frontierRoot } from '../../src/core/merkle/frontier.ts';
import { leafHash } from '../../src/core/merkle/hash.ts';
import { frontierFromTiles, tileRoot, tilesForFrontier } from '../../src/core/merkle/tile.ts';
import { openAnchorFile } from '../../src/keys/anchor-file.ts';
import type { Replica } from '../../src/main/open-replica.ts';
import type { Tables } from '../../src/postgres/tables.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { sparseTree } from '../merkle/sparse-tree.ts';
import type { ServiceUnderTest } from './service-under-test.ts';

const TILE_WIDTH = 256;

/**
 * Moves the end of a ledger that has just been opened to `size` (a multiple of 256), as if that many entries had been
 * appended: the entries of the opening stay where they are, one planted entry is the last, and the leaves between them
 * are all alike and not stored. Tiles, head and anchor are those of that tree. Gives a new replica over it.
 */
export async function plantBase(service: ServiceUnderTest, size: number): Promise<Replica> {
  await service.close();
  const { origin } = service.context.store;
  const superuser = openSuperuser(service.database.adminUrl);
  try {
    const root = await withoutGuards(superuser, async (transaction) => {
      // Also the foreign key: the entry before the planted one is not there.
      await sql`SET LOCAL session_replication_role = replica`.execute(transaction);
      await sql`ALTER TABLE entry DISABLE TRIGGER ALL`.execute(transaction);
      const planted = await plant(transaction, service, origin, size);
      await sql`ALTER TABLE entry ENABLE TRIGGER ALL`.execute(transaction);
      return planted;
    });
    const stateFolder = join(service.folder, `state-${size}`);
    await openAnchorFile(join(stateFolder, 'anchor.json')).write({ origin, size, root });
    return await service.openAnother(stateFolder);
  } finally {
    await superuser.close();
  }
}

async function plant(
  transaction: Transaction<Tables>,
  service: ServiceUnderTest,
  origin: string,
  size: number,
): Promise<Uint8Array> {
  const rows = await transaction.selectFrom('entry').select(['seq', 'hash']).orderBy('seq').execute();
  const { mapRoot, hash: last } = await plantLast(transaction, origin, size);
  const hashes = new Map([...rows.map(({ seq, hash }): [number, Uint8Array] => [Number(seq), hash]), [size - 1, last]]);
  const tree = sparseTree([...hashes.keys()], (index) => hashes.get(index) ?? new Uint8Array());
  for (let level = 0, span = TILE_WIDTH; span <= size; level += 1, span *= TILE_WIDTH) {
    for (const index of tilesAround([...hashes.keys()], Math.floor(size / span), span)) {
      const tile = tree.tile({ level, index, width: TILE_WIDTH });
      await transaction
        .insertInto('tile')
        .values({ level, index: String(index), hashes: Buffer.from(tile), root: Buffer.from(tileRoot(tile)) })
        .execute();
    }
  }
  const frontier = frontierFromTiles(size, tree.tiles(tilesForFrontier(size)));
  if (!frontier.ok) throw new Error(frontier.fault.code);
  const root = frontierRoot(frontier.value);
  await transaction
    .insertInto('head')
    .values({
      size: String(size),
      root: Buffer.from(root),
      frontier: Buffer.from(formatFrontier(frontier.value)),
      map_root: Buffer.from(mapRoot),
      mac: Buffer.from(service.keys.headAuthenticator.mac(origin, frontier.value, root, mapRoot)),
    })
    .execute();
  return root;
}

/** The full tiles of a level that hold an entry which is there, and those out of which the level above is derived. */
function tilesAround(kept: readonly number[], count: number, span: number): ReadonlySet<number> {
  const edge = count - (count % TILE_WIDTH);
  const derived = Array.from({ length: count - edge }, (_, offset) => edge + offset);
  return new Set([...kept.map((seq) => Math.floor(seq / span)).filter((index) => index < count), ...derived]);
}

/** A commitment to the map of the opening, since none of the planted leaves is filed under anything. */
async function plantLast(
  transaction: Transaction<Tables>,
  origin: string,
  size: number,
): Promise<{ readonly hash: Uint8Array; readonly mapRoot: Uint8Array }> {
  const before = leafHash(new TextEncoder().encode('plain'));
  const { rows } = await sql<{ now: Date; leaf: Uint8Array; map_root: Uint8Array }>`
    SELECT clock_timestamp() AS now, leaf, map_root FROM head JOIN entry ON seq = size - 1`.execute(transaction);
  const [opened] = rows;
  const commitment = opened === undefined ? undefined : parseEntry(opened.leaf);
  if (opened === undefined || commitment?.ok !== true) throw new Error('the ledger was just opened');
  const time = opened.now.toISOString();
  const head = { log: origin, size: size - 1, last: { hash: formatHex(before), time } };
  const { kind, principal, body } = commitment.value;
  const [linked] = linkEntries(head, new Map(), time, [{ kind, principal, body }]);
  if (linked === undefined) throw new Error('one proposal makes one entry');
  await transaction
    .insertInto('entry')
    .values({ seq: String(size - 1), leaf: Buffer.from(linked.bytes), prev: Buffer.from(before) })
    .execute();
  return { hash: linked.hash, mapRoot: opened.map_root };
}
