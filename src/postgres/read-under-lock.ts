import { formatHex } from '../core/encoding/hex.ts';
import { parseEntry } from '../core/entry/entry.ts';
import type { MapCommitted } from '../core/entry/kinds/map-committed.ts';
import { invariant } from '../core/fault.ts';
import { type HeadAuthenticator, ServiceError, type StoredHead } from '../service/ports.ts';
import { checkHeadRow, emptyHead } from './head-row.ts';
import type { RunStatement, Statement } from './ledger-transaction.ts';
import type { Tables } from './tables.ts';

/** Where the ledger stands while its lock is held. */
export type LockedState = {
  readonly head: StoredHead;
  /** The newest entry's hash (64 hex) and time; absent while the ledger is empty. */
  readonly last?: { readonly hash: string; readonly time: string };
  /** How many keys the map has. */
  readonly mapKeys: number;
  /** The last batch ended with `log.sealed`: nothing is appended any more. */
  readonly isSealed: boolean;
  /** The database's clock, read after the lock was granted. */
  readonly now: Date;
};

type Row = {
  readonly now: Date;
  readonly beyond: string | null;
  readonly leaf: Uint8Array | null;
  readonly hash: Uint8Array | null;
  readonly sealed: boolean | null;
} & { readonly [Column in keyof Tables['head']]: Tables['head'][Column] | null };

const READ_STATE: Statement = {
  name: 'read-state',
  text: `SELECT clock_timestamp() AS now, newest.*, last.leaf, last.hash,
      position('"kind":"log.sealed"'::bytea IN before.leaf) > 0 AS sealed,
      (SELECT seq FROM entry WHERE entry.seq >= coalesce(newest.size, 0) ORDER BY entry.seq LIMIT 1) AS beyond
    FROM (VALUES (1)) AS one (row)
    LEFT JOIN LATERAL (SELECT size, root, frontier, map_root, mac FROM head ORDER BY size DESC LIMIT 1) AS newest ON true
    LEFT JOIN entry AS last ON last.seq = newest.size - 1
    LEFT JOIN entry AS before ON before.seq = newest.size - 2`,
};

/**
 * Head, last entry and clock in one statement, which must come after the lock in its transaction. Only our heads are
 * built on: throws `head/not-ours` where the head does not carry our MAC, its last entry is missing or not the
 * commitment to the map of that head, or one stands beyond it.
 */
export async function readLockedState(
  run: RunStatement,
  origin: string,
  authenticator: HeadAuthenticator,
): Promise<LockedState> {
  const [row] = await run<Row>(READ_STATE);
  invariant(row !== undefined, 'a SELECT from one row returns one row');
  const { now, size, root, frontier, map_root, mac, beyond } = row;
  if (size === null || root === null || frontier === null || map_root === null || mac === null) {
    if (beyond !== null) throw notOurs('there are entries, and no head over them');
    return { head: emptyHead(origin), mapKeys: 0, isSealed: false, now };
  }
  const head = checkHeadRow({ size, root, frontier, map_root, mac }, origin, authenticator);
  if (beyond !== null) throw notOurs(`entry ${beyond} stands beyond the head of size ${size}`);
  const entry = row.leaf === null ? undefined : parseEntry(row.leaf);
  if (row.hash === null || entry === undefined || !entry.ok)
    throw notOurs(`entry ${head.frontier.size - 1} below the head does not read`);
  const said = entry.value.kind === 'map.committed' ? (entry.value.body as MapCommitted) : undefined;
  if (said?.root !== formatHex(head.mapRoot))
    throw notOurs(`entry ${head.frontier.size - 1} below the head does not commit to its map`);
  const last = { hash: formatHex(row.hash), time: entry.value.time };
  return { head, last, mapKeys: said.keys, isSealed: row.sealed === true, now };
}

function notOurs(message: string): ServiceError {
  return new ServiceError({ code: 'head/not-ours', message });
}
