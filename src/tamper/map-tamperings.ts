import { sql, type Transaction } from 'kysely';
import { invariant } from '../core/fault.ts';
import { bucketOf } from '../core/map/bucket-tree.ts';
import { formatMapValue, mapKey } from '../core/map/map-key.ts';
import { formatMapPage, parseMapPage } from '../core/map/map-page.ts';
import { type MapNode, setInMap } from '../core/map/map-trie.ts';
import { parseSeq } from '../postgres/pool.ts';
import type { Tables } from '../postgres/tables.ts';
import { withoutGuards } from './superuser.ts';
import type { Tampering } from './tamperings.ts';

/** What a superuser does to the pages of the map, so that the newest entry of an image's list is not asked for. */
export const MAP_TAMPERINGS = [
  {
    id: 'map-page-stale',
    sentence: 'Put back a page of the map from before the newest entry of an image, and make its hash fit.',
    apply: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        const { bucket, key, before } = await pageOfAnImage(transaction);
        const body = Buffer.from(formatMapPage(before));
        await sql`UPDATE map_page SET body = ${body}, hash = ${Buffer.from(before.hash)} WHERE bucket = ${bucket}`.execute(
          transaction,
        );
        return `the page of ${key} is the one from before its newest entry`;
      }),
  },
  {
    id: 'map-page-wrong',
    sentence: 'Put another page of the map under the hash of the right one.',
    apply: (superuser) =>
      withoutGuards(superuser, async (transaction) => {
        const { bucket, key, before } = await pageOfAnImage(transaction);
        const body = Buffer.from(formatMapPage(before));
        await sql`UPDATE map_page SET body = ${body} WHERE bucket = ${bucket}`.execute(transaction);
        return `the page of ${key} leaves out its newest entry`;
      }),
  },
] as const satisfies readonly Tampering[];

/** The page that the longest list of an image stands in, and what it would be without that list's newest entry. */
async function pageOfAnImage(
  transaction: Transaction<Tables>,
): Promise<{ readonly bucket: number; readonly key: string; readonly before: MapNode }> {
  const { rows } = await sql<{ key: string }>`
    SELECT key FROM list_entry WHERE key LIKE 'image:%' ORDER BY n DESC, key LIMIT 1`.execute(transaction);
  const longest = rows[0]?.key;
  const { rows: listed } = await sql<{ n: string; seq: string; hash: Uint8Array }>`
    SELECT n, seq, hash FROM list_entry JOIN entry USING (seq) WHERE key = ${longest} ORDER BY n DESC LIMIT 2`.execute(
    transaction,
  );
  const [, older] = listed;
  invariant(longest !== undefined && older !== undefined, 'the ledger holds two entries of an image');
  const key = mapKey(longest);
  const bucket = bucketOf(key);
  const page = await transaction.selectFrom('map_page').select('body').where('bucket', '=', bucket).executeTakeFirst();
  const read = parseMapPage(bucket, page?.body ?? new Uint8Array());
  invariant(read.ok, 'the map was whole before it was tampered with');
  const value = formatMapValue({ n: parseSeq(older.n), seq: parseSeq(older.seq), hash: older.hash });
  return { bucket, key: longest, before: setInMap(read.value, key, value) };
}
