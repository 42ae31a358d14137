import type { Kysely } from 'kysely';
import { equalBytes } from '../core/encoding/bytes.ts';
import { EMPTY_MAP_ROOT } from '../core/map/map-hash.ts';
import { EMPTY_FRONTIER, frontierRoot, parseFrontier } from '../core/merkle/frontier.ts';
import { type HeadAuthenticator, ServiceError, type StoredHead } from '../service/ports.ts';
import { parseSeq } from './pool.ts';
import type { Tables } from './tables.ts';

/** The newest head, or the empty one, after its MAC and its root were checked: only our heads are built on. */
export async function readHead(
  database: Kysely<Tables>,
  origin: string,
  authenticator: HeadAuthenticator,
): Promise<StoredHead> {
  const row = await database.selectFrom('head').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst();
  if (row === undefined) {
    const stray = await database.selectFrom('entry').select('seq').limit(1).executeTakeFirst();
    if (stray !== undefined) throw notOurs('there are entries, and no head over them');
    return emptyHead(origin);
  }
  const head = checkHeadRow(row, origin, authenticator);
  const beyond = await database
    .selectFrom('entry')
    .select('seq')
    .where('seq', '>=', row.size)
    .limit(1)
    .executeTakeFirst();
  if (beyond !== undefined) throw notOurs(`entry ${beyond.seq} stands beyond the head of size ${row.size}`);
  return head;
}

/** The head of a log without entries. */
export function emptyHead(origin: string): StoredHead {
  return { origin, frontier: EMPTY_FRONTIER, root: frontierRoot(EMPTY_FRONTIER), mapRoot: EMPTY_MAP_ROOT };
}

/** A head row as a head; `head/not-ours` where size, root, frontier, map root and MAC do not belong together. */
export function checkHeadRow(row: Tables['head'], origin: string, authenticator: HeadAuthenticator): StoredHead {
  const frontier = parseFrontier(row.frontier);
  if (!frontier.ok || frontier.value.size !== parseSeq(row.size)) throw notOurs('the stored frontier does not read');
  const root = frontierRoot(frontier.value);
  if (!equalBytes(root, row.root)) throw notOurs('the stored root is not that of the frontier');
  const macKey = macKeyOf({ origin, frontier: frontier.value, root, mapRoot: row.map_root }, row.mac, authenticator);
  if (macKey === undefined) throw notOurs(`the head of size ${row.size} does not carry this service's MAC`);
  return { origin, frontier: frontier.value, root, mapRoot: row.map_root, macKey };
}

/** The log key under which a head carries this MAC, of those whose MACs can be made; undefined where it is of none. */
export function macKeyOf(
  { origin, frontier, root, mapRoot }: Omit<StoredHead, 'macKey'>,
  mac: Uint8Array,
  authenticator: HeadAuthenticator,
): string | undefined {
  return authenticator.keys.findLast((key) => equalBytes(authenticator.mac(origin, frontier, root, mapRoot, key), mac));
}

/**
 * After the announcement of a log key no head carries the MAC of the one before: whoever has that one and the database
 * continues nothing. Throws `head/not-ours`.
 */
export function requireMacKey(head: StoredHead, seen: StoredHead | undefined, { keys }: HeadAuthenticator): void {
  if (seen?.macKey === undefined || head.macKey === undefined) return;
  if (keys.indexOf(head.macKey) >= keys.indexOf(seen.macKey)) return;
  throw notOurs(`the head of size ${head.frontier.size} carries the MAC of a key that was followed before`);
}

function notOurs(message: string): ServiceError {
  return new ServiceError({ code: 'head/not-ours', message });
}
